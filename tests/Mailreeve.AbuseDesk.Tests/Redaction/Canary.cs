using System.Globalization;
using System.Text;

namespace Mailreeve.AbuseDesk.Tests.Redaction;

/// <summary>Made-up names of those who must not be found: a recipient, further victims, the reporter and its machines, and what names them.</summary>
internal sealed record Canary
{
    public required string Local { get; init; }

    public required string Domain { get; init; }

    public required string First { get; init; }

    public required string Last { get; init; }

    public required string Token { get; init; }

    public required string Number { get; init; }

    public required string ReporterLocal { get; init; }

    public required string ReporterDomain { get; init; }

    public required string VictimHost { get; init; }

    public required string VictimAddress { get; init; }

    public required string HopAddress { get; init; }

    public string Mailbox => $"{Local}@{Domain}";

    public string Reporter => $"{ReporterLocal}@{ReporterDomain}";

    public string Second => $"{Last.ToLowerInvariant()}.two@{Domain}";

    /// <summary>Everything that may not be seen.</summary>
    public IReadOnlyList<string> All =>
        [Local, Domain, First, Last, Token, Number, ReporterLocal, ReporterDomain, VictimHost, VictimAddress, HopAddress];

    public static Canary From(int seed)
    {
        var random = new Random(seed);
        return new Canary
        {
            Local = $"{Word(random, 5)}.{Word(random, 4)}{random.Next(10, 99)}",
            Domain = $"{Word(random, 7)}.{Word(random, 6)}.example",
            First = Title(Word(random, 5)),
            Last = Title(Word(random, 8)),
            Token = $"{Word(random, 4)}{random.Next(1000, 9999)}{Word(random, 3).ToUpperInvariant()}{random.Next(1000, 9999)}{Word(random, 4)}",
            Number = random.Next(10_000_000, 99_999_999).ToString(CultureInfo.InvariantCulture),
            ReporterLocal = $"fbl-{Word(random, 6)}",
            ReporterDomain = $"{Word(random, 8)}.example",
            VictimHost = $"{Word(random, 6)}{random.Next(10, 99)}",
            VictimAddress = $"203.0.113.{random.Next(100, 255)}",
            HopAddress = $"198.51.100.{random.Next(100, 255)}",
        };
    }

    /// <summary>The ways in which a curious reader could still find one of them in a text.</summary>
    public static IEnumerable<string> FormsOf(string secret)
    {
        yield return secret;
        yield return new string([.. secret.Reverse()]);
        yield return Uri.EscapeDataString(secret);
        yield return secret.Replace(".", "=2E", StringComparison.Ordinal).Replace("@", "=40", StringComparison.Ordinal);
        yield return Convert.ToHexString(Encoding.UTF8.GetBytes(secret));
        for (var skip = 0; skip < 3; skip++)
        {
            // The characters that depend on this secret alone, wherever it stands in the encoded text.
            var all = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('.', skip) + secret)).TrimEnd('=');
            var core = all[(skip == 0 ? 0 : skip + 1)..^2];
            if (core.Length >= 8)
                yield return core;
        }
    }

    private static string Word(Random random, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(i => (i % 2 == 0 ? "bdfgklmnprtvz" : "aeiou")[random.Next(i % 2 == 0 ? 13 : 5)]));

    private static string Title(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
