<?php
// Asks the services that answer with PHP's SoapClient, as lookups.py planned it, and compares every field of every answer.

declare(strict_types=1);

require __DIR__ . '/php_wire.php';
require __DIR__ . '/php_checks.php';

const VERSIONS = ['1.1', '1.2'];
const NOTICES = 'dancu.bao-sai-sot';

/** Everything in an answer that holds something, by its path. */
function leaves(mixed $value, string $path = ''): array
{
    if ($value === null || $value === '') {
        return [];
    }
    if (is_object($value)) {
        $found = [];
        foreach (get_object_vars($value) as $name => $kid) {
            $found += leaves($kid, $path === '' ? $name : "$path/$name");
        }
        return $found;
    }
    if (is_array($value)) {
        $found = count($value) < 2 ? [] : ["{$path}[]" => (string) count($value)];
        foreach ($value as $kid) {
            $found += leaves($kid, $path);
        }
        return $found;
    }
    return [$path => (string) $value];
}

/** Seconds until the next day of Vietnam's time. */
function until_tomorrow(): int
{
    $tomorrow = new DateTimeImmutable('tomorrow', new DateTimeZone('Asia/Ho_Chi_Minh'));
    return $tomorrow->getTimestamp() - time();
}

final class Run
{
    /** @var array<string, Door> */
    private array $doors;

    /** @param resource $asked */
    public function __construct(private Checks $checks, string $work, string $base, array $logins, private $asked)
    {
        $this->doors = ['' => new Door($work, $base, $logins)];
        foreach ($logins['systems'] as $system => $ways) {
            $this->doors[$system] = new Door($work, $base, $ways + ['stranger' => $logins['stranger']]);
        }
    }

    public function step(array $step, string $version): void
    {
        $what = "{$step['what']} by SOAP $version";
        $system = $step['system'] === 'quota' ? 'quota-php-' . substr($version, -1) : $step['system'];
        $got = $this->doors[$system]->port($step['service'], $step['how'], $version)->call($step['tree']);
        if (isset($step['fault'])) {
            $this->refused($what, $got, $version, ...$step['fault']);
            return;
        }
        ['operation' => $operation, 'found' => $found, 'number' => $number] = $step['asked'];
        fwrite($this->asked, "$operation\t" . ($found ? 'true' : 'false') . "\t$number\n");
        if ($got instanceof SoapFault) {
            $this->checks->check($what, false, [$got->faultcode ?? '', $got->faultstring ?? '', $got->detail ?? null]);
            return;
        }
        $answer = leaves($got);
        ksort($answer);
        ksort($step['answer']);
        $this->checks->equal($what, $answer, $step['answer']);
    }

    /** Checks a Fault down to its detail, which SoapClient reads without its type. */
    private function refused(string $what, object $fault, string $version, string $code, array $fields = [], bool $again = false, bool $tomorrow = false): void
    {
        if (!$fault instanceof SoapFault) {
            $this->checks->check($what, false, $fault);
            return;
        }
        $got = substr($fault->faultcode, (int) strrpos(":$fault->faultcode", ':'));
        $this->checks->equal("$what: code", $got, $version === '1.1' ? "Client.$code" : 'Sender');
        $this->checks->check("$what: sentence", vietnamese($fault->faultstring), $fault->faultstring);
        $detail = $fault->detail->Loi ?? null;
        if (!is_object($detail)) {
            $this->checks->check("$what: detail", false, $fault->detail ?? null);
            return;
        }
        $bad = is_object($detail->Truong ?? []) ? [$detail->Truong] : $detail->Truong ?? [];
        $bad = array_map(fn(object $field): array => ['path' => $field->DuongDan, 'code' => $field->Ma], $bad);
        $holds = $detail->Ma === $code
            && !isset($detail->MaTiepNhan)
            && $detail->CoTheGuiLai === ($again ? 'true' : 'false')
            && isset($detail->ThuLaiSau) === $tomorrow
            && (!$tomorrow || abs((int) $detail->ThuLaiSau - until_tomorrow()) < 60)
            && $bad === $fields;
        $this->checks->check("$what: detail", $holds, $detail);
    }

    /** A notice gets a number, a repeat the same one, another content under its id none. */
    public function notices(array $planned, string $version, mixed $opened): void
    {
        $own = "BSS-php-$version";
        $send = fn(string $which, string $id, string $how, string $by): object => $this->doors['']->port(NOTICES, $how, $by)
            ->call(replaced($planned['notices'][$which], $planned['id'], $id));
        $first = null;
        foreach (
            [
                'is opened' => $version,
                'sent again is the same' => $version,
                'sent again by the other version is the same' => $version === '1.1' ? '1.2' : '1.1',
            ] as $what => $by
        ) {
            $got = $send('one', $own, 'basic', $by);
            $what = NOTICES . " by SOAP $version $what";
            if ($got instanceof SoapFault) {
                $this->checks->check($what, false, [$got->faultcode ?? '', $got->faultstring ?? '', $got->detail ?? null]);
                return;
            }
            $holds = $got->TrangThai === 'MOI' && $got->ThoiDiem !== '' && preg_match('~^\d+/20\d\d$~', $got->SoThongBao) === 1
                && $got->TrungLap === ($first === null ? 'false' : 'true') && ($first ?? $got->SoThongBao) === $got->SoThongBao;
            $this->checks->check($what, $holds, $got);
            if ($first === null) {
                $first = $got->SoThongBao;
                fwrite($opened, "$first\n");
            }
        }
        $this->refused(NOTICES . " by SOAP $version with other content under its id", $send('other', $own, 'basic', $version), $version, 'Conflict');
        $this->refused(NOTICES . " by SOAP $version with too long a text", $send('bad', "$own-bad", 'basic', $version), $version, 'Invalid', $planned['bad']);
        $this->refused(NOTICES . " by SOAP $version of a department that may not", $send('one', $own, 'stranger', $version), $version, 'NotApproved');
    }

    /** The WSDL of a service that answers: its operation gives the answer's own element. */
    public function descriptions(array $planned): void
    {
        $roots = array_column(array_map(fn(array $step): array => [$step['service'], $step['tree']['name']], $planned['steps']), 1, 0);
        foreach ($roots + [NOTICES => 'BaoSaiSot'] as $service => $root) {
            $door = $this->doors[$service === NOTICES ? '' : 'mot-cua'];
            $this->checks->equal("$service: the WSDL is kept from who did not log in", $door->status($service), 401);
            foreach (VERSIONS as $version) {
                foreach (['basic', 'key'] as $how) {
                    $named = array_unique($door->port($service, $how, $version)->operations());
                    $this->checks->equal("$service: the WSDL read with $how for SOAP $version has one operation", $named, [$root]);
                }
            }
        }
    }
}

function main(string $work, string $base): int
{
    set_error_handler(fn(int $level, string $text, string $file, int $line) => throw new ErrorException($text, 0, $level, $file, $line));
    $checks = new Checks();
    $planned = json_decode(file_get_contents("$work/lookups.json"), true, 512, JSON_THROW_ON_ERROR);
    $logins = json_decode(file_get_contents("$work/logins.json"), true, 512, JSON_THROW_ON_ERROR);
    $asked = fopen("$work/asked.php", 'w');
    $opened = fopen("$work/notices.php", 'w');
    $run = new Run($checks, $work, $base, $logins, $asked);
    $run->descriptions($planned);
    foreach (VERSIONS as $version) {
        foreach ($planned['steps'] as $step) {
            $run->step($step, $version);
        }
        $run->notices($planned, $version, $opened);
    }
    fclose($asked);
    fclose($opened);
    return $checks->end();
}

exit(main($argv[1], $argv[2]));
