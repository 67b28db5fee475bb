namespace Mailreeve.Policy.Files;

/// <summary>Collects what is wrong with one file.</summary>
internal sealed class FileProblems(string file)
{
    public List<PolicyProblem> All { get; } = [];

    public string File => file;

    public void Add(Place at, string key, string message, string remedy) =>
        All.Add(new PolicyProblem(file, at.Line, at.Column, key, message, remedy));

    /// <summary>In the order of the file, each once.</summary>
    public IReadOnlyList<PolicyProblem> InOrder() =>
        [.. All.Distinct().OrderBy(p => p.Line).ThenBy(p => p.Column).ThenBy(p => p.Key, StringComparer.Ordinal)];
}
