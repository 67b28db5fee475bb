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
/// <param name="Text">What it says, in Markdown, with the terms already put in place of their <c>{placeholders}</c>.</param>
public sealed record Clause(ClauseId Id, string Title, string Text);

/// <summary>A number of the policy together with the clause it comes from: nothing can use the one without citing the other.</summary>
/// <param name="Value">The number.</param>
/// <param name="Clause">Where the policy says so.</param>
public sealed record Term<T>(T Value, ClauseId Clause);
