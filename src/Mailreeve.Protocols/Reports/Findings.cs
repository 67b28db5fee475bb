namespace Mailreeve.Protocols.Reports;

/// <summary>Collects observations and problems of one report within its limits.</summary>
internal sealed class Findings(ReportLimits limits)
{
    private readonly List<Observation> observations = [];
    private readonly List<string> problems = [];
    private int problemsLeftOut;

    public ReportLimits Limits => limits;

    public IReadOnlyList<Observation> Observations => observations;

    public bool TooMany { get; private set; }

    public bool Truncated { get; private set; }

    public IReadOnlyList<string> Problems =>
        problemsLeftOut == 0 ? problems : [.. problems, $"{problemsLeftOut} further problems are not listed."];

    public void Add(Observation observation)
    {
        if (observations.Count >= limits.Observations)
            TooMany = true;
        else
            observations.Add(WithBoundedTime(observation));
    }

    /// <summary>Puts what another part of the report says into the observations so far.</summary>
    public void Complete(Func<Observation, Observation> complete)
    {
        for (var i = 0; i < observations.Count; i++)
            observations[i] = WithBoundedTime(complete(observations[i]));
    }

    // What is longer is no time; a cell or a line can have any length.
    private Observation WithBoundedTime(Observation observation) => observation.Time.Raw.Length <= limits.ValueChars
        ? observation
        : observation with { Time = observation.Time with { Raw = observation.Time.Raw[..limits.ValueChars] } };

    public void Problem(string text)
    {
        if (problems.Count >= limits.Problems)
            problemsLeftOut++;
        else
            problems.Add(text.Length <= 300 ? text : string.Concat(text.AsSpan(0, 300), "…"));
    }

    public void CutOff(string where)
    {
        Truncated = true;
        Problem(where);
    }

    /// <summary>A value for keeping: trimmed, bounded, null when empty.</summary>
    public string? Keep(string? value)
    {
        if (value is null)
            return null;
        var text = value.AsSpan().Trim();
        if (text.Length > limits.ValueChars)
        {
            Problem($"A value of {text.Length} characters was cut to {limits.ValueChars}.");
            text = text[..limits.ValueChars];
        }

        return text.IsEmpty ? null : text.Length == value.Length ? value : text.ToString();
    }
}
