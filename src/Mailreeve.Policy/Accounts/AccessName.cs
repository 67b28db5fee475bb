namespace Mailreeve.Policy.Accounts;

/// <summary>By what a line, a modem user or a device is known to the access network: a login name, a hardware address, a circuit id.</summary>
public static class AccessName
{
    /// <summary>Characters at most: what one attribute of RADIUS holds (RFC 2865 §5).</summary>
    public const int LengthMax = 253;

    /// <summary>
    /// The name in the one form in which names are compared: ASCII letters small, a hardware address as <c>02:00:5e:10:00:07</c>, however
    /// it was written. Null when it is empty, longer than <see cref="LengthMax"/>, or has control characters.
    /// </summary>
    public static string? Normalise(string? name)
    {
        if (name is null || name.Length is 0 or > LengthMax || name.Any(char.IsControl) || name.Trim().Length != name.Length)
            return null;
        return HardwareAddress(name) ?? string.Create(name.Length, name, static (lower, name) =>
        {
            for (var i = 0; i < name.Length; i++)
                lower[i] = char.IsAsciiLetterUpper(name[i]) ? (char)(name[i] | 0x20) : name[i];
        });
    }

    // 02005e100007, 02:00:5e:10:00:07, 02-00-5E-10-00-07, 0200.5e10.0007. Twelve digits alone are a telephone number as well: both become
    // the same text on both sides, so nothing is lost.
    private static string? HardwareAddress(string name)
    {
        Span<char> digits = stackalloc char[12];
        var count = 0;
        foreach (var c in name)
        {
            if (c is ':' or '-' or '.')
                continue;
            if (!char.IsAsciiHexDigit(c) || count == digits.Length)
                return null;
            digits[count++] = char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
        }

        if (count != digits.Length || !HasUsualShape(name))
            return null;
        return $"{digits[..2]}:{digits[2..4]}:{digits[4..6]}:{digits[6..8]}:{digits[8..10]}:{digits[10..]}";
    }

    private static bool HasUsualShape(string name) => name.Length switch
    {
        12 => true,
        14 => name[4] == '.' && name[9] == '.',
        17 => Enumerable.Range(0, 5).All(i => name[(3 * i) + 2] == name[2] && name[2] is ':' or '-'),
        _ => false,
    };
}
