using NodaTime;

namespace Mailreeve.Policy.Accounts;

/// <summary>One of the provider's people, as decisions and pages need to know them.</summary>
public sealed record Operator
{
    /// <summary>The row.</summary>
    public required long Id { get; init; }

    /// <summary>The name they sign in with and appear by in every history.</summary>
    public required string Name { get; init; }

    /// <summary>What they are.</summary>
    public required OperatorRole Role { get; init; }

    /// <summary>Since when they may not sign in any more; null when they may.</summary>
    public Instant? DisabledAt { get; init; }

    /// <summary>What is wrong with a name for an operator, as a sentence; null when nothing is.</summary>
    public static string? NameProblem(string name) =>
        name.Length is >= 2 and <= 32 && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
            ? null
            : "A name has 2 to 32 characters: a lower-case letter, then lower-case letters, digits, dots and hyphens.";
}
