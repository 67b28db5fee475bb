using System.Globalization;
using System.Text;

namespace Mailreeve.Protocols.Messages;

/// <summary>Threads of messages, the answer to THREAD (RFC 5256 §3). Works in the order that is handed in where dates are equal.</summary>
/// <remarks>
/// Nothing here recurses: whoever writes the References decides how deep a thread is. The work is linear in messages and references
/// but for sorting.
/// </remarks>
public static class ThreadTree
{
    /// <summary>ORDEREDSUBJECT: one thread for each base subject, all answers beside each other.</summary>
    /// <param name="messages">The messages in the order of their sequence numbers.</param>
    /// <returns>The threads, the oldest first.</returns>
    public static IReadOnlyList<ThreadNode> OrderedSubject(IReadOnlyList<ThreadMessage> messages)
    {
        var threads = new List<ThreadNode>();
        var subjects = new Dictionary<string, ThreadNode>(StringComparer.Ordinal);
        foreach (var message in messages.OrderBy(m => m.Sent))
        {
            var node = new ThreadNode(message.Key);
            if (subjects.TryGetValue(message.BaseSubject, out var first))
            {
                first.Add(node);
                continue;
            }

            subjects.Add(message.BaseSubject, node);
            threads.Add(node);
        }

        return threads;
    }

    /// <summary>REFERENCES: by Message-IDs, then threads with the same base subject joined.</summary>
    /// <param name="messages">The messages in the order of their sequence numbers.</param>
    /// <returns>The threads, sorted by date at every level.</returns>
    public static IReadOnlyList<ThreadNode> References(IReadOnlyList<ThreadMessage> messages) => new ReferencesThreading().Thread(messages);

    // thread-list = "(" (thread-members / thread-nested) ")"; thread-members = nz-number *(SP nz-number) [SP thread-nested]
    // thread-nested = 2*thread-list
    /// <summary>Writes threads as the answer to THREAD, one list after the other.</summary>
    public static string Write(IReadOnlyList<ThreadNode> threads)
    {
        var text = new StringBuilder();
        var work = new Stack<(ThreadNode? Node, bool IsList)>();
        for (var i = threads.Count - 1; i >= 0; i--)
            work.Push((threads[i], true));
        while (work.TryPop(out var next))
        {
            if (next.Node is not { } node)
            {
                text.Append(')');
                continue;
            }

            if (next.IsList)
            {
                text.Append('(');
                work.Push((null, false));
            }

            // A message that is not there has no number: only its answers are seen.
            if (node.Key is { } key)
            {
                text.Append(key.ToString(CultureInfo.InvariantCulture));
                if (node.Children.Count > 0)
                    text.Append(' ');
            }

            if (node.Children.Count == 1)
            {
                work.Push((node.Children[0], false));
                continue;
            }

            for (var i = node.Children.Count - 1; i >= 0; i--)
                work.Push((node.Children[i], true));
        }

        return text.ToString();
    }
}
