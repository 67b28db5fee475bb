using NodaTime;

namespace Mailreeve.Policy.Page;

/// <summary>The public policy page, ready to be rendered. Texts are Markdown; nothing is left to fill.</summary>
/// <param name="Title">Heading, plain text.</param>
/// <param name="Revision">Which revision.</param>
/// <param name="InForceFrom">The first day it is in force.</param>
/// <param name="Sections">Its sections, in order; only those with a clause.</param>
/// <param name="Figures">All numbers, for a table.</param>
public sealed record PolicyPage(
    string Title, string Revision, LocalDate InForceFrom, IReadOnlyList<PageSection> Sections, IReadOnlyList<Figure> Figures)
{
    /// <summary>The page of one revision, in the name of the provider.</summary>
    public static PolicyPage Of(AbusePolicy policy, ProviderFacts provider)
    {
        var figures = Figure.Of(policy.Terms);
        var sections = policy.Clauses
            .GroupBy(c => c.Section)
            .OrderBy(g => g.Key)
            .Select(g => new PageSection(g.Key, HeadingOf(g.Key), [.. g.Select(c => ClauseOf(c, provider, figures))]));
        return new PolicyPage(
            ProviderText.FillPlain(policy.Title, provider), policy.Revision, policy.InForceFrom, [.. sections], figures);
    }

    /// <summary>All clauses in the order of the page.</summary>
    public IEnumerable<PageClause> Clauses => Sections.SelectMany(s => s.Clauses);

    /// <summary>The fragment by which a link reaches a clause: <c>c4</c>.</summary>
    public static string AnchorOf(ClauseId clause) => clause.Value.ToLowerInvariant();

    private static PageClause ClauseOf(Clause clause, ProviderFacts provider, IReadOnlyList<Figure> figures) => new(
        clause.Id,
        AnchorOf(clause.Id),
        ProviderText.FillPlain(clause.Title, provider),
        ProviderText.Fill(clause.Text, provider),
        [.. figures.Where(f => f.Clause == clause.Id)]);

    private static string HeadingOf(ClauseSection section) => section switch
    {
        ClauseSection.Definition => "What the words mean",
        ClauseSection.Policy => "The policy",
        ClauseSection.Duties => "What it asks of you",
        ClauseSection.Reasons => "Why there is this policy",
        ClauseSection.Services => "What goes with it",
        _ => throw new System.Diagnostics.UnreachableException($"No heading for {section}."),
    };
}

/// <summary>One section of the page.</summary>
public sealed record PageSection(ClauseSection Section, string Heading, IReadOnlyList<PageClause> Clauses);

/// <summary>One clause on the page.</summary>
/// <param name="Id">Its number in the policy.</param>
/// <param name="Anchor">The fragment that leads to it.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Markdown">What it says.</param>
/// <param name="Figures">The numbers that rest on it.</param>
public sealed record PageClause(ClauseId Id, string Anchor, string Title, string Markdown, IReadOnlyList<Figure> Figures);
