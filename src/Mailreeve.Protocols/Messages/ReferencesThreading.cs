using NodaTime;

namespace Mailreeve.Protocols.Messages;

/// <summary>The six steps of the REFERENCES algorithm (RFC 5256 §3), each without recursion.</summary>
internal sealed class ReferencesThreading
{
    private readonly Dictionary<string, Container> byId = new(StringComparer.Ordinal);
    private readonly List<Container> all = [];

    public IReadOnlyList<ThreadNode> Thread(IReadOnlyList<ThreadMessage> messages)
    {
        foreach (var message in messages)
            Link(message);
        var roots = Prune();
        roots.Sort(Container.ByDate);
        return Nodes(JoinSubjects(roots));
    }

    // Steps 1 and 2: every Message-ID has its place, below the one it refers to.
    private void Link(ThreadMessage message)
    {
        Container? parent = null;
        foreach (var id in message.References)
        {
            var reference = Get(id);
            if (parent is not null && reference.Parent is null)
                reference.TryMoveBelow(parent);
            parent = reference;
        }

        // No Message-ID, or one that another message has: a place of its own.
        var own = message.MessageId is { } ownId ? Get(ownId) : Add();
        if (own.Message is not null)
            own = Add();
        own.Message = message;

        // What the message says of itself is worth more than what others said of it.
        own.Parent = null;
        if (parent is not null)
            own.TryMoveBelow(parent);
    }

    private Container Get(string id)
    {
        if (!byId.TryGetValue(id, out var container))
            byId.Add(id, container = Add());
        return container;
    }

    private Container Add()
    {
        var container = new Container();
        all.Add(container);
        return container;
    }

    // Step 3: a place without a message goes, and what is below it moves up; but at the top only when it is a single one.
    // Step 4: answers are in the order of their dates; a place without a message has that of its first.
    private List<Container> Prune()
    {
        foreach (var container in all)
            container.Parent?.Children.Add(container);
        var roots = new List<Container>();
        foreach (var container in ChildrenFirst())
        {
            var kept = new List<Container>();
            foreach (var child in container.Children)
            {
                if (child.Message is null)
                    kept.AddRange(child.Children);
                else
                    kept.Add(child);
            }

            kept.Sort(Container.ByDate);
            container.Children = kept;
            container.TakeDate();
            if (container.Parent is not null)
                continue;
            if (container.Message is not null || kept.Count > 1)
                roots.Add(container);
            else if (kept.Count == 1)
                roots.Add(kept[0]);
        }

        return roots;
    }

    private List<Container> ChildrenFirst()
    {
        var order = new List<Container>(all.Count);
        order.AddRange(all.Where(c => c.Parent is null));
        for (var i = 0; i < order.Count; i++)
            order.AddRange(order[i].Children);
        order.Reverse();
        return order;
    }

    // Step 5: threads with the same subject become one, unless both begin with something that is no answer.
    private List<Container> JoinSubjects(List<Container> roots)
    {
        var bySubject = new Dictionary<string, Container>(StringComparer.Ordinal);
        foreach (var root in roots)
        {
            var subject = root.SubjectMessage.BaseSubject;
            if (subject.Length == 0)
                continue;
            if (!bySubject.TryGetValue(subject, out var chosen)
                || (root.Message is null && chosen.Message is not null)
                || (chosen.Message is not null && chosen.SubjectMessage.IsReplyOrForward && !root.SubjectMessage.IsReplyOrForward))
                bySubject[subject] = root;
        }

        var joined = new HashSet<Container>();
        var added = new List<Container>();
        foreach (var root in roots)
        {
            var subject = root.SubjectMessage.BaseSubject;
            if (subject.Length == 0 || bySubject[subject] is var chosen && chosen == root)
                continue;
            joined.Add(root);
            if (chosen.Message is null && root.Message is null)
                chosen.Children.AddRange(root.Children);
            else if (chosen.Message is null || (root.SubjectMessage.IsReplyOrForward && !chosen.SubjectMessage.IsReplyOrForward))
                chosen.Children.Add(root);
            else
                bySubject[subject] = Above(chosen, root, joined, added);
        }

        // Step 6: once more the order of dates, where something came in.
        var result = roots.Concat(added).Where(root => !joined.Contains(root)).ToList();
        foreach (var root in result)
        {
            root.Children.Sort(Container.ByDate);
            root.TakeDate();
        }

        result.Sort(Container.ByDate);
        return result;
    }

    // Neither is the answer to the other: both below a place without a message.
    private Container Above(Container chosen, Container root, HashSet<Container> joined, List<Container> added)
    {
        chosen.Children.Sort(Container.ByDate);
        var above = Add();
        above.Children = [chosen, root];
        above.TakeDate();
        joined.Add(chosen);
        added.Add(above);
        return above;
    }

    private static IReadOnlyList<ThreadNode> Nodes(List<Container> roots)
    {
        var top = new ThreadNode(null);
        var work = new Stack<(ThreadNode Node, List<Container> Children)>();
        work.Push((top, roots));
        while (work.TryPop(out var next))
        {
            foreach (var child in next.Children)
            {
                var node = new ThreadNode(child.Message?.Key);
                next.Node.Add(node);
                work.Push((node, child.Children));
            }
        }

        return top.Children;
    }

    /// <summary>The place of a Message-ID, whether there is a message or only talk of one.</summary>
    private sealed class Container
    {
        // Steps up that are taken to see whether a link would close a circle. A thread that is deeper is cut there.
        private const int DepthMax = 1000;

        private Instant sent;
        private long order;

        public ThreadMessage? Message { get; set; }

        public Container? Parent { get; set; }

        public List<Container> Children { get; set; } = [];

        /// <summary>The message whose subject is the thread's: the first, and where it is missing the first answer.</summary>
        public ThreadMessage SubjectMessage => Message ?? Children[0].SubjectMessage;

        public static int ByDate(Container left, Container right)
        {
            var byDate = left.sent.CompareTo(right.sent);
            return byDate != 0 ? byDate : left.order.CompareTo(right.order);
        }

        public void TryMoveBelow(Container parent)
        {
            var steps = 0;
            for (var above = parent; above is not null; above = above.Parent)
            {
                if (above == this || ++steps > DepthMax)
                    return;
            }

            Parent = parent;
        }

        /// <summary>Takes the date of the message, or that of the first answer, by which it is sorted.</summary>
        public void TakeDate()
        {
            if (Message is not null)
                (sent, order) = (Message.Sent, Message.Key);
            else if (Children.Count > 0)
                (sent, order) = (Children[0].sent, Children[0].order);
        }
    }
}
