using System.Globalization;
using Mailreeve.Protocols.Messages;
using NodaTime;

namespace Mailreeve.Fuzz.Targets;

/// <summary>
/// Messages that refer to each other in any way. An octet each: date, subject and whether it is an answer, Message-ID, how many
/// references; then those.
/// </summary>
internal static class Threads
{
    public static readonly string[] Words = ["\0\0\0\0", "\u0001\u0080\u0001\u0001\u0001", "\u0001\u0001\u0002\u0002\u0001\u0002", "\u00ff", "\u0080", "\u0005\u0081\u0002\u0003\u0001\u0002\u0003"];

    public static void Run(byte[] input)
    {
        var messages = Read(input);
        foreach (var threads in (IReadOnlyList<ThreadNode>[])[ThreadTree.References(messages), ThreadTree.OrderedSubject(messages)])
        {
            Every(threads, messages.Count);
            var text = ThreadTree.Write(threads);
            Hold.That(text.Count(c => c == '(') == text.Count(c => c == ')'), "The answer is made of lists.");
            var keys = text.Split(['(', ')', ' '], StringSplitOptions.RemoveEmptyEntries).Select(k => long.Parse(k, CultureInfo.InvariantCulture)).Order();
            Hold.That(keys.SequenceEqual(messages.Select(m => m.Key)), "Every message is in the answer, once.");
        }
    }

    private static List<ThreadMessage> Read(byte[] input)
    {
        var messages = new List<ThreadMessage>();
        for (var at = 0; at + 4 <= input.Length;)
        {
            var (sent, subject, id, count) = (input[at], input[at + 1], input[at + 2], Math.Min(input[at + 3] & 15, input.Length - at - 4));
            at += 4;
            var references = input.AsSpan(at, count).ToArray().Select(Id).OfType<string>().ToList();
            at += count;
            messages.Add(new ThreadMessage(
                messages.Count + 1, Instant.FromUnixTimeSeconds(sent), (subject & 7) == 0 ? "" : $"S{subject & 7}", (subject & 0x80) != 0, Id(id), references));
        }

        return messages;
    }

    private static string? Id(byte number) => number == 0 ? null : $"{number}@a.example";

    private static void Every(IReadOnlyList<ThreadNode> threads, int count)
    {
        var seen = new HashSet<long>();
        var work = new Stack<ThreadNode>(threads);
        while (work.TryPop(out var node))
        {
            Hold.That(node.Key is null ? node.Children.Count > 1 : seen.Add(node.Key.Value), "A message is there once, and one that is missing holds at least two.");
            foreach (var child in node.Children)
                work.Push(child);
        }

        Hold.That(seen.Count == count, "Every message is in a thread.");
    }
}
