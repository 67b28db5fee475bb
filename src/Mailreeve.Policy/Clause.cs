namespace Mailreeve.Policy;

/// <summary>Names a clause or duty of the policy, as in the margin of the policy page: <c>C4</c>, <c>D1</c>, <c>DEF</c>.</summary>
public readonly record struct ClauseId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>One clause of the policy.</summary>
/// <param name="Id">Its number in the policy.</param>
/// <param name="Title">A few words, shown wherever the clause is cited.</param>
/// <param name="Text">
/// What it says, in Markdown, with the terms already put in place of their <c>{placeholders}</c>. Placeholders of
/// <see cref="ProviderFacts"/> are still in it; <see cref="Page.ProviderText.Fill"/> puts those in when it is shown.
/// </param>
public sealed record Clause(ClauseId Id, string Title, string Text)
{
    /// <summary>Where on the page it stands.</summary>
    public ClauseSection Section { get; init; } = ClauseSection.Policy;

    /// <summary>What keeps it; null when it is informative, or when only terms and ladders do.</summary>
    public UpheldBy? UpheldBy { get; init; }

    /// <summary>Whether it explains and demands nothing.</summary>
    public bool Informative { get; init; }
}

/// <summary>Sections of the policy page, in their order.</summary>
public enum ClauseSection
{
    /// <summary>What the words mean.</summary>
    Definition,

    /// <summary>What is forbidden, and what follows.</summary>
    Policy,

    /// <summary>What it asks of customers.</summary>
    Duties,

    /// <summary>Why it is so.</summary>
    Reasons,

    /// <summary>What the provider offers around it.</summary>
    Services,
}

/// <summary>A number of the policy together with the clause it comes from: nothing can use the one without citing the other.</summary>
/// <param name="Value">The number.</param>
/// <param name="Clause">Where the policy says so.</param>
public sealed record Term<T>(T Value, ClauseId Clause);
