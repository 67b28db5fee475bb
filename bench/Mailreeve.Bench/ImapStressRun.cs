using System.Diagnostics;
using Mailreeve.Testing.Imap;

namespace Mailreeve.Bench;

/// <summary>Several IMAP sessions on one folder for as long as one likes, each holding the server to what it was told.</summary>
internal static class ImapStressRun
{
    /// <summary>Runs it on our server, or on one that somebody else started.</summary>
    /// <param name="seconds">How long, about.</param>
    /// <param name="seed">What the sessions do.</param>
    /// <param name="sessions">How many.</param>
    /// <param name="elsewhere">Port, user and password of a server on the loopback; null for our own.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="InvalidDataException">The server has done what it must not.</exception>
    public static async Task RunAsync(int seconds, int seed, int sessions, string[]? elsewhere, CancellationToken stop)
    {
        await using var ours = elsewhere is null ? await ImapServer.StartAsync(stop) : null;
        var stress = new ImapStress
        {
            Port = ours?.Port ?? int.Parse(elsewhere![0], System.Globalization.CultureInfo.InvariantCulture),
            User = ours?.User ?? elsewhere![1],
            Password = ours?.Password ?? elsewhere![2],
            Seed = seed,
            Sessions = sessions,
            // Our server puts mail of its own into the inbox, and that would be nobody's doing here.
            Folder = ours is null ? "INBOX" : "Drafts",
        };
        var watch = Stopwatch.StartNew();
        var rounds = 0;
        var commands = await stress.RunAsync(round =>
        {
            rounds = round;
            return watch.Elapsed.TotalSeconds < seconds && !stop.IsCancellationRequested;
        });
        Console.WriteLine($"imap-stress  seed {seed}: {sessions} sessions agreed {rounds} times, {commands} commands in {watch.Elapsed.TotalSeconds:0} s");
    }
}
