using System.Globalization;

namespace Mailreeve.Policy;

/// <summary>An amount of money as whole cents (the smallest unit) of one currency.</summary>
/// <param name="Cents">Smallest units; 50000 is 500.00.</param>
/// <param name="Currency">ISO 4217 code, upper case.</param>
public readonly record struct Money(long Cents, string Currency)
{
    /// <summary>Reads <c>500.00 USD</c>: digits, a point, two digits, a blank, three upper-case letters.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Money money)
    {
        money = default;
        var blank = text.IndexOf(' ');
        if (blank < 4 || text.Length - blank != 4 || text[blank - 3] != '.')
            return false;
        var currency = text[(blank + 1)..];
        if (currency.ContainsAnyExceptInRange('A', 'Z'))
            return false;
        if (!long.TryParse(text[..(blank - 3)], NumberStyles.None, CultureInfo.InvariantCulture, out var whole) || whole > 1_000_000_000
            || !long.TryParse(text[(blank - 2)..blank], NumberStyles.None, CultureInfo.InvariantCulture, out var cents))
            return false;

        money = new Money((whole * 100) + cents, currency.ToString());
        return true;
    }

    /// <summary>As on an invoice: <c>500.00 USD</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cents / 100}.{Math.Abs(Cents % 100):00} {Currency}");
}
