namespace Mailreeve.Testing.Imap;

/// <summary>
/// Several sessions on one folder doing whatever comes to their minds. Each keeps its own picture of the folder and holds the server to it;
/// now and then all of them stop and compare.
/// </summary>
public sealed class ImapStress
{
    /// <summary>Where the server listens, on the loopback and without TLS.</summary>
    public required int Port { get; init; }

    /// <summary>Whose mailbox. It has a folder Trash.</summary>
    public required string User { get; init; }

    public required string Password { get; init; }

    public string Folder { get; init; } = "INBOX";

    /// <summary>Sessions at once.</summary>
    public int Sessions { get; init; } = 8;

    /// <summary>Messages that are kept in the folder, about.</summary>
    public int MessagesWanted { get; init; } = 60;

    /// <summary>Commands of a session between two comparisons.</summary>
    public int CommandsPerRound { get; init; } = 40;

    /// <summary>What the sessions do is a matter of chance, and of this alone; when they do it is not.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Runs it.</summary>
    /// <param name="goesOn">Asked after each round, with its number from 1.</param>
    /// <returns>Commands that were answered.</returns>
    /// <exception cref="InvalidDataException">The server has done what it must not; the message says what.</exception>
    public async Task<int> RunAsync(Func<int, bool> goesOn)
    {
        var sessions = Enumerable.Range(1, Sessions).Select(n => new StressSession(this, n, new Random(Seed * 1000 + n))).ToArray();
        try
        {
            await Task.WhenAll(sessions.Select(s => s.OpenAsync()));
            for (var round = 1; ; round++)
            {
                await Task.WhenAll(sessions.Select(RoundAsync));
                var pictures = new List<IReadOnlyList<string>>();
                foreach (var session in sessions)
                    pictures.Add(await session.CheckAsync());
                // Looking marks nothing, so all of them have seen the same.
                if (pictures.Exists(p => !p.SequenceEqual(pictures[0])))
                    throw new InvalidDataException($"Round {round}: {string.Join(" | ", pictures.Select(p => string.Join("; ", p)).Distinct())}");
                if (!goesOn(round))
                    return sessions.Sum(s => s.Commands);
            }
        }
        finally
        {
            foreach (var session in sessions)
                session.Dispose();
        }
    }

    private async Task RoundAsync(StressSession session)
    {
        for (var i = 0; i < CommandsPerRound; i++)
            await session.StepAsync();
    }
}
