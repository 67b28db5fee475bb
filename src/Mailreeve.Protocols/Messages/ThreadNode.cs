namespace Mailreeve.Protocols.Messages;

/// <summary>A message in a thread, with the answers to it.</summary>
public sealed class ThreadNode
{
    private readonly List<ThreadNode> children = [];

    internal ThreadNode(long? key) => Key = key;

    /// <summary>Sequence number or UID; null for a message that is not there and only holds its answers together.</summary>
    public long? Key { get; }

    /// <summary>Answers, the oldest first. A message that is not there has at least two.</summary>
    public IReadOnlyList<ThreadNode> Children => children;

    internal void Add(ThreadNode child) => children.Add(child);
}
