using System.Collections.Concurrent;

namespace Mailreeve.Clerks;

/// <summary>How the clerks of this node fare, for <c>/health/ready</c>.</summary>
internal sealed class ClerkHealth
{
    private readonly ConcurrentDictionary<string, string> failing = new();

    /// <summary>The clerk did what was due.</summary>
    public void Worked(string clerk) => failing.TryRemove(clerk, out _);

    /// <summary>The clerk's work failed.</summary>
    public void Failed(string clerk, string why) => failing[clerk] = why;

    /// <summary>What keeps clerks of this node from working, one sentence each. Those of another node are that node's to tell.</summary>
    public IEnumerable<string> Problems() => failing.Select(f => $"The clerk '{f.Key}' fails: {f.Value}");
}
