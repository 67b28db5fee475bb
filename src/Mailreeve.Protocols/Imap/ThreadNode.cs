namespace Mailreeve.Protocols.Imap;

/// <summary>A message in a thread, with its replies (RFC 5256 §4).</summary>
/// <param name="Number">The message number or UID; 0 for a message that is not among those found, which has two replies or more.</param>
/// <param name="Replies">The replies, in their order.</param>
public sealed record ThreadNode(uint Number, IReadOnlyList<ThreadNode> Replies)
{
    /// <summary>Writes the THREAD response. A thread may be as deep as it likes: nothing here calls itself.</summary>
    /// <param name="threads">The threads, in their order; may be none.</param>
    /// <param name="writer">Takes the octets.</param>
    public static void Write(IReadOnlyList<ThreadNode> threads, ImapWriter writer)
    {
        writer.Text("* THREAD"u8);
        if (threads.Count > 0)
            writer.Text(" "u8);
        // Null stands for a parenthesis that has to be closed.
        var open = new Stack<ThreadNode?>();
        foreach (var thread in threads)
        {
            open.Push(thread);
            while (open.TryPop(out var next))
            {
                if (next is null)
                    writer.Text(")"u8);
                else
                    WriteChain(next, open, writer);
            }
        }

        writer.End();
    }

    // thread-list = "(" (thread-members / thread-nested) ")"; thread-members = nz-number *(SP nz-number) [SP thread-nested];
    // thread-nested = 2*thread-list
    private static void WriteChain(ThreadNode node, Stack<ThreadNode?> open, ImapWriter writer)
    {
        writer.Text("("u8);
        open.Push(null);
        var first = true;
        while (true)
        {
            if (node.Number > 0)
                (first ? writer : writer.Text(" "u8)).Number(node.Number);
            first &= node.Number == 0;
            if (node.Replies.Count != 1)
                break;
            node = node.Replies[0];
        }

        if (node.Replies.Count > 0 && !first)
            writer.Text(" "u8);
        for (var i = node.Replies.Count - 1; i >= 0; i--)
            open.Push(node.Replies[i]);
    }
}
