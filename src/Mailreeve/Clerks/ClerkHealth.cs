using System.Collections.Concurrent;

namespace Mailreeve.Clerks;

/// <summary>How the clerks of this node fare, for <c>/health/ready</c>.</summary>
internal sealed class ClerkHealth
{
    private readonly ConcurrentDictionary<string, string> failing = new();
    private readonly ConcurrentDictionary<string, bool> worked = new();

    /// <summary>The clerk did what was due.</summary>
    public void Worked(string clerk)
    {
        worked[clerk] = true;
        failing.TryRemove(clerk, out _);
    }

    /// <summary>The clerk's work failed.</summary>
    public void Failed(string clerk, string why) => failing[clerk] = why;

    /// <summary>What keeps clerks from working, one sentence each.</summary>
    public IEnumerable<string> Problems(IEnumerable<string> clerks) =>
        clerks.Where(c => !worked.ContainsKey(c) && !failing.ContainsKey(c)).Select(c => $"The clerk '{c}' has not begun.")
            .Concat(failing.Select(f => $"The clerk '{f.Key}' fails: {f.Value}"));
}
