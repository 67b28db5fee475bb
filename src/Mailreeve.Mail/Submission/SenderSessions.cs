namespace Mailreeve.Mail.Submission;

/// <summary>What each sender does at the doors of this node: sessions that are open, and how often it was put off lately. In memory.</summary>
internal sealed class SenderSessions
{
    // A queue that was told to try later comes back within this time, so that one that goes on is still known.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly Dictionary<Submitter, Standing> known = [];

    /// <summary>Counts one more session.</summary>
    /// <returns><see langword="false"/> when there are as many as may be; it is not counted then.</returns>
    public bool TryEnter(Submitter who, int most)
    {
        lock (gate)
        {
            var standing = Of(who);
            if (standing.Sessions >= most)
                return false;
            standing.Sessions++;
            return true;
        }
    }

    /// <summary>A session that was counted is over.</summary>
    public void Leave(Submitter who)
    {
        lock (gate)
        {
            var standing = known[who];
            standing.Sessions--;
            ForgetIfIdle(who, standing);
        }
    }

    /// <summary>Waits until one of the sender's messages may be worked on. The session is counted, and <see cref="EndTurn"/> follows.</summary>
    /// <param name="who">The sender.</param>
    /// <param name="atOnce">How many of its messages are worked on at once.</param>
    /// <remarks>Whoever throws many at the server at once waits for itself, and not in front of others.</remarks>
    public Task TakeTurnAsync(Submitter who, int atOnce)
    {
        lock (gate)
        {
            var standing = Of(who);
            if (standing.Working < atOnce)
            {
                standing.Working++;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            standing.Waiting.Enqueue(turn);
            return turn.Task;
        }
    }

    /// <summary>A message has been worked on; the next of the sender's may be.</summary>
    public void EndTurn(Submitter who)
    {
        lock (gate)
        {
            var standing = known[who];
            if (standing.Waiting.TryDequeue(out var next))
                next.SetResult();
            else
                standing.Working--;
            ForgetIfIdle(who, standing);
        }
    }

    /// <summary>Counts that the sender was put off.</summary>
    /// <returns>How often it was, with this time, unless it was left in peace in between.</returns>
    public long PutOff(Submitter who, TimeProvider ticks)
    {
        lock (gate)
        {
            var standing = Of(who);
            if (standing.PutOff > 0 && ticks.GetElapsedTime(standing.At) > Remembered)
                standing.PutOff = 0;
            standing.At = ticks.GetTimestamp();
            return ++standing.PutOff;
        }
    }

    /// <summary>A message was taken: nothing is held against the sender any more.</summary>
    public void Forgive(Submitter who)
    {
        lock (gate)
        {
            if (!known.TryGetValue(who, out var standing))
                return;
            standing.PutOff = 0;
            ForgetIfIdle(who, standing);
        }
    }

    // As many as there are mailboxes that were put off at most: whoever is here has signed in.
    private Standing Of(Submitter who)
    {
        if (!known.TryGetValue(who, out var standing))
            known[who] = standing = new Standing();
        return standing;
    }

    private void ForgetIfIdle(Submitter who, Standing standing)
    {
        if (standing is { Sessions: 0, Working: 0, PutOff: 0 })
            known.Remove(who);
    }

    private sealed class Standing
    {
        public int Sessions { get; set; }

        public int Working { get; set; }

        public Queue<TaskCompletionSource> Waiting { get; } = new();

        public long PutOff { get; set; }

        public long At { get; set; }
    }
}
