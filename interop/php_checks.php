<?php
// Says how each check went, one line for each, and what a sentence for people has to look like.

declare(strict_types=1);

/** Says how each check went, one line for each. */
final class Checks
{
    private bool $failed = false;

    public function check(string $what, bool $holds, mixed $found = ''): bool
    {
        $shown = json_encode($found, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PARTIAL_OUTPUT_ON_ERROR);
        echo $holds ? "ok php: $what\n" : "FAIL php: $what: " . substr($shown, 0, 1500) . "\n";
        $this->failed = $this->failed || !$holds;
        return $holds;
    }

    public function equal(string $what, mixed $got, mixed $want): bool
    {
        return $this->check($what, $got === $want, ['got' => $got, 'want' => $want]);
    }

    /** The word that the part went through to its end, and its exit code. */
    public function end(): int
    {
        echo "end php\n";
        return $this->failed ? 1 : 0;
    }
}

/** Whether it is a whole Vietnamese sentence with its marks, composed and not garbled. */
function vietnamese(string $sentence): bool
{
    return preg_match_all('/[ăâđêôơưĂÂĐÊÔƠƯ\x{1ea0}-\x{1ef9}]/u', $sentence) >= 3
        && preg_match('/[?\x{fffd}\x{80}-\x{bf}\x{300}-\x{36f}]/u', $sentence) === 0
        && str_ends_with($sentence, '.');
}
