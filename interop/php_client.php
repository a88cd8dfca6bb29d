<?php
// Sends every shipped service with PHP's SoapClient, good and bad, and reads the answers as typed objects.

declare(strict_types=1);

require __DIR__ . '/php_wire.php';
require __DIR__ . '/php_checks.php';

const ALL = ['basic', 'key', 'text', 'digest'];
const VERSIONS = ['1.1', '1.2'];
// What the door tells apart where a mapping has one word.
const FINER = [
    'Malformed' => ['Malformed', 'Doctype', 'Empty', 'NotSOAP'],
    'WrongElement' => ['WrongElement', 'NotSOAP'],
];
const ID = '/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/';

/** One run over one service. */
final class Run
{
    private static int $ids = 5000; // apart from those of the other toolkit
    private string $name;

    /** @param resource $accepted */
    public function __construct(private Checks $checks, private Door $door, private array $service, private $accepted)
    {
        $this->name = $service['name'];
    }

    /** The message under an own id that was never used, which comes second. */
    private function fresh(array $message): array
    {
        $path = $this->service['id'][0];
        $own = numbered(find($message['tree'], $path) ?? '', ++self::$ids);
        return [replaced($message['tree'], $path, $own), $own];
    }

    /** The message under that own id, without a second part where it has two. */
    private function under(string $own, array $message): array
    {
        $tree = $message['tree'];
        foreach ($this->service['id'] as $i => $path) {
            $tree = replaced($tree, $path, $i === 0 ? $own : '');
        }
        return $tree;
    }

    private function send(string $how, string $version, array $tree, string $path = ''): object
    {
        return $this->door->port($this->name, $how, $version)->call($tree, $path);
    }

    /** Checks a receipt; $again is the first one's id when this is a repeat. */
    private function taken(string $what, object $receipt, ?string $again = null): ?string
    {
        if ($receipt instanceof SoapFault) {
            $this->checks->check($what, false, [$receipt->faultcode ?? '', $receipt->faultstring ?? '', $receipt->detail ?? null]);
            return null;
        }
        $states = $again === null ? ['DA_TIEP_NHAN'] : ['DA_TIEP_NHAN', 'DANG_CHUYEN', 'DA_CHUYEN'];
        $holds = preg_match(ID, $receipt->MaTiepNhan) === 1
            && ($again === null || $receipt->MaTiepNhan === $again)
            && in_array($receipt->TrangThai, $states, true)
            && $receipt->TrungLap === ($again !== null)
            && abs((new DateTimeImmutable($receipt->ThoiDiem))->getTimestamp() - time()) < 60;
        $this->checks->check($what, $holds, $receipt);
        if ($again === null) {
            fwrite($this->accepted, "{$receipt->MaTiepNhan}\t{$this->name}\n");
        }
        return $receipt->MaTiepNhan;
    }

    public function good(string $how, string $version): void
    {
        $other = $version === '1.1' ? '1.2' : '1.1';
        foreach ($this->service['good'] as $message) {
            $what = "{$this->name} {$message['case']} by SOAP $version with $how";
            [$tree] = $this->fresh($message);
            $first = $this->taken("$what is taken", $this->send($how, $version, $tree));
            $sent = $this->door->port($this->name, $how, $version)->last();
            $this->checks->equal("$what says everything", missing_from($sent, $tree), []);
            if ($first !== null) {
                $this->taken("$what sent again is the same message", $this->send($how, $version, $tree), $first);
                $this->taken("$what sent again by SOAP $other is the same message", $this->send($how, $other, $tree), $first);
            }
        }
    }

    /** What the old software itself sends, byte for byte but for the own id. */
    public function asItIs(string $version): void
    {
        foreach ($this->service['good'] as $message) {
            if (!isset($message['raw'])) {
                continue;
            }
            [$tree, $own] = $this->fresh($message);
            $raw = str_replace(find($message['tree'], $this->service['id'][0]), $own, envelope_of($message['raw'], $version));
            $what = "{$this->name} {$message['case']} as it is by SOAP $version";
            $send = fn(): object => $this->door->port($this->name, 'basic', $version)->raw(fn(): string => $raw, $tree);
            $first = $this->taken("$what is taken", $send());
            if ($first !== null) {
                $this->taken("$what sent again is the same message", $send(), $first);
            }
        }
    }

    /** The path that an old client calls besides the service's own. */
    public function oldPath(string $version): void
    {
        [$tree] = $this->fresh($this->service['good'][0]);
        $path = "/cu/{$this->name}.asmx";
        $this->taken("{$this->name} at $path by SOAP $version is taken", $this->send('basic', $version, $tree, $path));
    }

    /** Checks a Fault down to its typed detail; $kept says whether the message has an id, or which. */
    private function refused(
        string $what,
        object $fault,
        string $version,
        string $code,
        bool|string $kept = false,
        array $fields = [],
        string $text = '',
    ): void {
        if (!$fault instanceof SoapFault) {
            $this->checks->check($what, false, $fault);
            return;
        }
        $this->checks->equal("$what: code", unprefixed($fault->faultcode), $version === '1.1' ? "Client.$code" : 'Sender');
        $said = $fault->faultstring;
        $this->checks->check("$what: sentence", vietnamese($said) && ($text === '' || str_contains($said, $text)), $said);
        $detail = $fault->detail->Loi ?? null;
        if (!is_object($detail)) {
            $this->checks->check("$what: detail", false, $fault->detail ?? null);
            return;
        }
        // SoapClient reads a detail without its type: texts, and a list of one as the one.
        $bad = is_object($detail->Truong ?? []) ? [$detail->Truong] : $detail->Truong ?? [];
        $got = array_map(fn(object $field): array => ['path' => $field->DuongDan, 'code' => $field->Ma], $bad);
        sort($got);
        sort($fields);
        $this->checks->equal("$what: bad fields", $got, $fields);
        $id = $detail->MaTiepNhan ?? '';
        $holds = $detail->Ma === $code
            && (is_string($kept) ? $id === $kept : (preg_match(ID, $id) === 1) === $kept)
            && $detail->CoTheGuiLai === 'false'
            && !isset($detail->ThuLaiSau)
            && array_filter($bad, fn(object $field): bool => !vietnamese($field->MoTa)) === []
            && array_filter($bad, fn(object $field): bool => ($field->MongDoi ?? 'x') === '') === [];
        $this->checks->check("$what: detail", $holds, $detail);
    }

    /** Everything that the mapping's own cases say is wrong. */
    public function bad(string $version): void
    {
        foreach ($this->service['bad'] as $message) {
            $what = "{$this->name} {$message['case']} by SOAP $version";
            if (!isset($message['tree'])) {
                $this->badAsItIs($what, $message, $version);
                continue;
            }
            [$tree, $own] = $this->fresh($message);
            $fault = $this->send('basic', $version, completed($tree, $this->sayable($message['fields']), $this->service['good'][0]['tree']));
            if (str_starts_with($fault->faultstring ?? '', 'SOAP-ERROR: Encoding')) {
                $this->checks->check("$what: SoapClient itself keeps it back", true);
                $this->badAsItIs($what, $message, $version);
                continue;
            }
            $text = 'Thông điệp có ' . count($message['fields']) . ' trường sai';
            $this->refused($what, $fault, $version, 'Invalid', true, $message['fields'], $text);
            if ($own !== '' && !$this->blamesId($message)) {
                $fine = $this->under($own, $this->service['good'][0]);
                $this->taken("$what: corrected under the same own id is taken", $this->send('basic', $version, $fine));
            }
        }
    }

    /** The fields that are not inside documents, which are texts to the types. */
    private function sayable(array $fields): array
    {
        return array_filter($fields, fn(array $field): bool => array_filter(
            $this->service['documents'],
            fn(string $at): bool => preg_match("~^/\w+/$at/~", $field['path']) === 1,
        ) === []);
    }

    private function blamesId(array $message): bool
    {
        $root = $message['tree']['name'];
        $own = array_map(fn(array $path): string => "/$root/" . implode('/', $path), $this->service['id']);
        return array_intersect(array_column($message['fields'], 'path'), $own) !== [];
    }

    private function badAsItIs(string $what, array $message, string $version): void
    {
        $port = $this->door->port($this->name, 'basic', $version);
        $fault = $port->raw(fn(): string => envelope_of($message['raw'], $version), $this->service['good'][0]['tree']);
        $code = $message['code'];
        if (isset(FINER[$code])) {
            $code = $fault->detail->Loi->Ma ?? '';
            $this->checks->check("$what: is told in its own way", in_array($code, FINER[$message['code']], true), $code);
        }
        $text = $message['fields'] === [] ? '' : 'Thông điệp có ' . count($message['fields']) . ' trường sai';
        $this->refused($what, $fault, $version, $code, $code !== 'NotSOAP', $message['fields'], $text);
    }

    /** What is broken on the way: a whole message of the toolkit, spoilt. */
    public function damaged(string $version): void
    {
        [$tree] = $this->fresh($this->service['good'][0]);
        $port = $this->door->port($this->name, 'basic', $version);
        foreach (
            [
                ['cut off', fn(string $body): string => substr($body, 0, intdiv(strlen($body) * 2, 3)), 'Malformed', true],
                ['with a DOCTYPE', fn(string $body): string => with_doctype($body), 'Doctype', true],
                ['with a byte that is not UTF-8', fn(string $body): string => preg_replace('~</~', "\xff</", $body, 1), 'Encoding', true],
                ['without its envelope', fn(): string => '<a/>', 'NotSOAP', false],
                ['without content', fn(): string => '', 'Empty', false],
            ] as [$what, $spoil, $code, $kept]
        ) {
            $this->refused("{$this->name} $what by SOAP $version", $port->raw($spoil, $tree), $version, $code, $kept);
        }
    }

    public function conflict(string $version): void
    {
        [, $own] = $this->fresh($this->service['good'][0]);
        $tree = $this->under($own, $this->service['good'][0]);
        $other = $this->under($own, $this->service['good'][1]);
        $first = $this->taken("{$this->name} by SOAP $version is taken", $this->send('basic', $version, $tree));
        $what = "{$this->name} with the own id of another message by SOAP $version";
        $this->refused($what, $this->send('basic', $version, $other), $version, 'Conflict', $first ?? false);
    }

    /** Who may not, and what there is not. */
    public function strangers(string $version, array $others): void
    {
        [$tree] = $this->fresh($this->service['good'][0]);
        $fault = $this->send('stranger', $version, $tree);
        $this->refused("{$this->name} for a department that is not approved by SOAP $version", $fault, $version, 'NotApproved');
        $fault = $this->send('basic', $version, $tree, '/soap/khong.co');
        $this->refused("{$this->name} at an address without service by SOAP $version", $fault, $version, 'UnknownPath');
        foreach ($others as $other) {
            $fault = $this->send('basic', $version, $tree, "/soap/$other");
            $this->refused("{$this->name} at the address of $other by SOAP $version", $fault, $version, 'WrongElement', true);
        }
    }

    public function wrongLogins(string $version): void
    {
        [$tree] = $this->fresh($this->service['good'][0]);
        foreach (['none', ...array_map(fn(string $how): string => "wrong $how", ALL)] as $how) {
            $this->refused("{$this->name} with $how log-in by SOAP $version", $this->send($how, $version, $tree), $version, 'Auth');
        }
        $this->taken("{$this->name} with a digest by SOAP $version is taken", $this->send('digest', $version, $tree));
        $port = $this->door->port($this->name, 'digest', $version);
        $last = $port->last();
        $again = $port->raw(fn(): string => $last, $tree);
        $this->refused("{$this->name} with a digest used before by SOAP $version", $again, $version, 'Replayed');
        $old = $this->send('old digest', $version, $tree);
        $this->refused("{$this->name} with a digest of yesterday by SOAP $version", $old, $version, 'Expired');
    }

    /** The WSDL: only for who logs in, and with one operation of the service's types. */
    public function descriptions(): void
    {
        $this->checks->equal("{$this->name}: the WSDL is kept from who did not log in", $this->door->status($this->name), 401);
        $root = $this->service['good'][0]['tree']['name'];
        foreach (ALL as $how) {
            foreach (VERSIONS as $version) {
                $named = array_unique($this->door->port($this->name, $how, $version)->operations());
                $this->checks->equal("{$this->name}: the WSDL read with $how for SOAP $version has one operation", $named, [$root]);
            }
        }
    }
}

/** An own id of the same form with the number $n at the end of it. */
function numbered(string $own, int $n): string
{
    return preg_replace_callback('/\d{4,}(?!.*\d{4})/', fn(array $found): string => sprintf('%0' . strlen($found[0]) . 'd', $n), $own, 1);
}

function unprefixed(string $code): string
{
    return substr($code, (int) strrpos(":$code", ':'));
}

function with_doctype(string $body): string
{
    return preg_replace('/^(<\?xml[^>]*\?>)?\s*/', "$1\n<!DOCTYPE x [<!ENTITY e \"x\">]>", $body, 1);
}

function main(string $work, string $base): int
{
    set_error_handler(fn(int $level, string $text, string $file, int $line) => throw new ErrorException($text, 0, $level, $file, $line));
    $checks = new Checks();
    $services = json_decode(file_get_contents("$work/messages.json"), true, 512, JSON_THROW_ON_ERROR)['services'];
    $door = new Door($work, $base, json_decode(file_get_contents("$work/logins.json"), true, 512, JSON_THROW_ON_ERROR));
    $accepted = fopen("$work/accepted.php", 'w');
    foreach ($services as $i => $service) {
        $run = new Run($checks, $door, $service, $accepted);
        $run->descriptions();
        $others = array_column(array_filter($services, fn(array $other): bool => $other['name'] !== $service['name']), 'name');
        foreach (VERSIONS as $version) {
            foreach (ALL as $how) {
                $run->good($how, $version);
            }
            $run->asItIs($version);
            $run->oldPath($version);
            $run->bad($version);
            $run->damaged($version);
            $run->conflict($version);
            $run->strangers($version, $others);
            if ($i === 0) { // The door closes on who guesses on.
                $run->wrongLogins($version);
            }
        }
    }
    fclose($accepted);
    return $checks->end();
}

exit(main($argv[1], $argv[2]));
