using System.Diagnostics.CodeAnalysis;

namespace Mailreeve.Policy.Accounts;

/// <summary>
/// A registration number (S1): seven digits and a check digit, written <c>104-2237-2</c>. A wrong digit, or two neighbours
/// swapped, is always noticed.
/// </summary>
/// <remarks>
/// The check digit is Damm's: ISO 7064 MOD 11-10 misses some swaps. The first digit is never 0, so that no program that takes the
/// number for a number loses one.
/// </remarks>
public readonly record struct RegNumber
{
    /// <summary>Serials from 0 to this one have a number.</summary>
    public const long SerialMax = 8_999_999;

    private const int Digits = 8;

    // H. Michael Damm, "Total anti-symmetrische Quasigruppen", 2004: row is the digit so far, column the next one.
    private static readonly byte[][] Damm =
    [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];

    private readonly long digits;

    private RegNumber(long digits) => this.digits = digits;

    /// <summary>The number of a serial.</summary>
    /// <param name="serial">0 to <see cref="SerialMax"/>; the serial 0 has the number 100-0000-4.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside of that.</exception>
    public static RegNumber From(long serial)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(serial);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(serial, SerialMax);
        var number = serial + 1_000_000;
        return new RegNumber((number * 10) + Checksum($"{number}"));
    }

    /// <summary>Reads a number as people write it: blanks and dashes may stand anywhere.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="number">The number.</param>
    /// <param name="problem">What is wrong, as a sentence for whoever typed it; null when nothing is.</param>
    /// <returns><see langword="false"/> when it is no registration number. Whether a customer has it is not the question here.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out RegNumber number, [NotNullWhen(false)] out string? problem)
    {
        number = default;
        Span<char> digits = stackalloc char[Digits];
        var count = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                if (count < Digits)
                    digits[count] = c;
                count++;
            }
            else if (!IsBetweenDigits(c))
            {
                problem = "A registration number has digits only, for example 104-2237-2.";
                return false;
            }
        }

        problem =
            count != Digits ? $"A registration number has {Digits} digits, for example 104-2237-2; this one has {count}."
            : digits[0] == '0' ? "A registration number does not begin with 0."
            : Checksum(digits) != 0 ? "This is not a registration number: a digit is wrong, or two are swapped."
            : null;
        if (problem is not null)
            return false;

        number = new RegNumber(long.Parse(digits));
        return true;
    }

    /// <summary>As it is written, stored and read out: <c>104-2237-2</c>.</summary>
    public override string ToString() => $"{digits / 100_000:000}-{digits / 10 % 10_000:0000}-{digits % 10}";

    // 0 when the last digit is the right one; otherwise the digit that would be.
    private static int Checksum(ReadOnlySpan<char> digits)
    {
        var interim = 0;
        foreach (var digit in digits)
            interim = Damm[interim][digit - '0'];
        return interim;
    }

    // Dashes and blanks as word processors and mail programs put them.
    private static bool IsBetweenDigits(char c) => char.IsWhiteSpace(c) || c is '-' or '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2212';
}
