<?php
// What lies between the checks and SoapClient: log-ins, typed messages, and bytes sent as they are.

declare(strict_types=1);

const ENVELOPES = [
    '1.1' => 'http://schemas.xmlsoap.org/soap/envelope/',
    '1.2' => 'http://www.w3.org/2003/05/soap-envelope',
];
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const TOKEN = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0';
const WRONG = 'khong-phai-mat-khau-nay';

/** A client that can send something else than what it made. */
final class Wire extends SoapClient
{
    public ?Closure $spoil = null;
    public string $sent = '';

    public function __doRequest(string $request, string $location, string $action, int $version, bool $oneWay = false): ?string
    {
        $this->sent = $this->spoil === null ? $request : ($this->spoil)($request);
        return parent::__doRequest($this->sent, $location, $action, $version, $oneWay);
    }
}

/** Everything that can be called, under every log-in; what was read once is kept. */
final class Door
{
    /** @var array<string, Port> */
    private array $ports = [];

    public function __construct(private string $work, private string $base, private array $logins)
    {
        ini_set('default_socket_timeout', '10');
    }

    public function port(string $service, string $how, string $version): Port
    {
        return $this->ports["$service $how $version"] ??= $this->open($service, $how, $version);
    }

    /** SoapClient reads the WSDL with the log-in of its calls, so where that would be refused it gets a copy. */
    private function open(string $service, string $how, string $version): Port
    {
        $options = [
            'soap_version' => $version === '1.1' ? SOAP_1_1 : SOAP_1_2,
            'cache_wsdl' => WSDL_CACHE_NONE,
            'exceptions' => true,
            'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
            'connection_timeout' => 10,
        ];
        $wsdl = "{$this->base}/soap/$service?wsdl";
        switch ($how) {
            case 'basic':
            case 'stranger':
                [$options['login'], $options['password']] = $this->logins[$how];
                break;
            case 'key':
                $options['stream_context'] = $this->context("X-API-Key: {$this->logins['key']}");
                break;
            case 'wrong basic':
                $wsdl = $this->copy($service);
                [$options['login'], $options['password']] = [$this->logins['basic'][0], WRONG];
                break;
            case 'wrong key':
                $wsdl = $this->copy($service);
                $options['stream_context'] = $this->context('X-API-Key: ' . WRONG);
                break;
            default:
                $wsdl = $this->copy($service);
        }
        return new Port(new Wire($wsdl, $options), $this->base, fn(): ?SoapHeader => $this->token($how));
    }

    /** The status that somebody without log-in gets for a WSDL. */
    public function status(string $service): int
    {
        $context = stream_context_create(['http' => ['ignore_errors' => true]]);
        file_get_contents("{$this->base}/soap/$service?wsdl", false, $context);
        return (int) explode(' ', $http_response_header[0])[1];
    }

    /** The file that holds the WSDL, read with the log-in of the UsernameToken. */
    private function copy(string $service): string
    {
        $file = "{$this->work}/$service.wsdl";
        if (!is_file($file)) {
            $basic = base64_encode(implode(':', $this->logins['token']));
            file_put_contents($file, file_get_contents("{$this->base}/soap/$service?wsdl", false, $this->context("Authorization: Basic $basic")));
        }
        return $file;
    }

    /** @return resource */
    private function context(string $header)
    {
        return stream_context_create(['http' => ['header' => $header]]);
    }

    /** A UsernameToken, made anew for every message; null for the other log-ins. */
    private function token(string $how): ?SoapHeader
    {
        $kind = substr($how, (int) strrpos(" $how", ' '));
        if ($kind !== 'text' && $kind !== 'digest') {
            return null;
        }
        [$name, $password] = $this->logins['token'];
        $password = str_starts_with($how, 'wrong') ? WRONG : $password;
        $type = TOKEN . '#PasswordText';
        $rest = '';
        if ($kind === 'digest') {
            $nonce = random_bytes(16);
            $created = gmdate('Y-m-d\TH:i:s\Z', time() - (str_starts_with($how, 'old') ? 86400 : 0));
            $password = base64_encode(sha1($nonce . $created . $password, true));
            $type = TOKEN . '#PasswordDigest';
            $rest = '<w:Nonce>' . base64_encode($nonce) . '</w:Nonce><u:Created xmlns:u="' . WSU . "\">$created</u:Created>";
        }
        $xml = '<w:Security xmlns:w="' . WSSE . "\"><w:UsernameToken><w:Username>$name</w:Username>"
            . "<w:Password Type=\"$type\">$password</w:Password>$rest</w:UsernameToken></w:Security>";
        return new SoapHeader(WSSE, 'Security', new SoapVar($xml, XSD_ANYXML), true);
    }
}

/** One operation of one service under one log-in and SOAP version. */
final class Port
{
    public function __construct(private Wire $wire, private string $base, private Closure $token)
    {
    }

    public function last(): string
    {
        return $this->wire->sent;
    }

    /** The names of the operations that the WSDL has. */
    public function operations(): array
    {
        return array_map(fn(string $signature): string => preg_replace('/^\S+ (\w+)\(.*$/s', '$1', $signature), $this->wire->__getFunctions());
    }

    /** Sends a message that SoapClient writes by the types of the WSDL: a receipt, or the Fault. */
    public function call(array $tree, string $path = ''): object
    {
        $token = ($this->token)();
        $options = $path === '' ? [] : ['location' => $this->base . $path];
        try {
            $receipt = $this->wire->__soapCall($tree['name'], [values($tree)], $options, $token === null ? null : [$token]);
            return is_object($receipt) ? $receipt : new SoapFault('Toolkit', 'The receipt is no object.');
        } catch (SoapFault $fault) {
            return $fault;
        }
    }

    /** Sends what $spoil makes of a message; SoapClient reads the answer as ever. */
    public function raw(Closure $spoil, array $tree): object
    {
        $this->wire->spoil = $spoil;
        try {
            return $this->call($tree);
        } finally {
            $this->wire->spoil = null;
        }
    }
}

/** The value that SoapClient writes an element from: a text, or what is in it by name. */
function values(array $node): array|string
{
    if ($node['kids'] === [] && $node['attributes'] === []) {
        return $node['none'] ?? false ? [] : $node['text'];
    }
    $values = $node['attributes'];
    foreach ($node['kids'] as $kid) {
        $values[$kid['name']][] = values($kid);
    }
    foreach ($values as $name => $value) {
        if (is_array($value) && count($value) === 1) {
            $values[$name] = $value[0];
        }
    }
    if ($node['kids'] === [] && $node['text'] !== '') {
        $values['_'] = $node['text'];
    }
    return $values;
}

/** The elements and attributes of a message that are not in what was sent. */
function missing_from(string $sent, array $node): array
{
    $missing = [];
    foreach ($node['attributes'] as $name => $text) {
        if (!str_contains($sent, " $name=\"" . htmlspecialchars($text, ENT_COMPAT | ENT_XML1) . '"')) {
            $missing[] = "@$name";
        }
    }
    foreach ($node['kids'] as $kid) {
        $text = preg_quote(htmlspecialchars($kid['text'], ENT_NOQUOTES | ENT_XML1), '~');
        if (preg_match("~<(\w+:)?{$kid['name']}(\s[^>]*)?(/>|>$text)~u", $sent) !== 1) {
            $missing[] = $kid['name'];
        }
        array_push($missing, ...missing_from($sent, $kid));
    }
    return $missing;
}

/**
 * The message with something empty wherever a needed part is missing, because SoapClient would not send it
 * otherwise: a text, or nothing at all where $good, a good message, shows more than a text.
 */
function completed(array $node, array $fields, array $good): array
{
    foreach ($fields as $field) {
        if ($field['code'] === 'missing') {
            $node = with_empty($node, array_slice(explode('/', $field['path']), 2), $good);
        }
    }
    return $node;
}

function with_empty(array $node, array $steps, ?array $good): array
{
    $step = array_shift($steps);
    if ($step === null) {
        return $node;
    }
    if ($step[0] === '@') {
        $node['attributes'] += [substr($step, 1) => ''];
        return $node;
    }
    preg_match('/^(\w+)(?:\[(\d+)\])?$/', $step, $part);
    $places = places($node, $part[1]);
    $like = $good['kids'][places($good ?? ['kids' => []], $part[1])[0] ?? -1] ?? null;
    $place = $places[(int) ($part[2] ?? 1) - 1] ?? count($node['kids']);
    $new = ['name' => $part[1], 'attributes' => [], 'text' => '', 'kids' => [], 'none' => ($like['kids'] ?? []) !== []];
    $node['kids'][$place] = with_empty($node['kids'][$place] ?? $new, $steps, $like);
    return $node;
}

/** Where the elements of a name are. */
function places(array $node, string $name): array
{
    return array_keys(array_filter($node['kids'], fn(array $kid): bool => $kid['name'] === $name));
}

/** The text at a path of element names and, last, perhaps an attribute's; null if there is none. */
function find(array $node, array $path): ?string
{
    foreach ($path as $step) {
        if ($step[0] === '@') {
            return $node['attributes'][substr($step, 1)] ?? null;
        }
        $kids = array_values(array_filter($node['kids'], fn(array $kid): bool => $kid['name'] === $step));
        if ($kids === []) {
            return null;
        }
        $node = $kids[0];
    }
    return $node['text'];
}

/** The message with another text at a path; the same message if nothing is there. */
function replaced(array $node, array $path, string $text): array
{
    $step = array_shift($path);
    if ($step === null) {
        return ['text' => $text] + $node;
    }
    if ($step[0] === '@') {
        $node['attributes'] = array_intersect_key([substr($step, 1) => $text], $node['attributes']) + $node['attributes'];
        return $node;
    }
    foreach ($node['kids'] as $i => $kid) {
        if ($kid['name'] === $step) {
            $node['kids'][$i] = replaced($kid, $path, $text);
        }
    }
    return $node;
}

/** The bytes of a message, in the envelope of a SOAP version. */
function envelope_of(string $raw, string $version): string
{
    return str_replace(ENVELOPES, ENVELOPES[$version], base64_decode($raw, true));
}
