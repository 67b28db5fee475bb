using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mailreeve.Bench;

/// <summary>Somebody who has a customer's password, on many machines, and sends as fast as the server lets them; for <see cref="HijackBench"/>.</summary>
internal static class HijackAttackCommand
{
    private const int Messages = 100_000;

    /// <summary>Attacks until its input ends or every message has had an answer, then prints what became of them.</summary>
    /// <param name="port">The server's.</param>
    /// <param name="connections">How many at once; each comes from an address of its own on the loopback.</param>
    /// <param name="stop">Ends it, too.</param>
    public static async Task RunAsync(int port, int connections, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var tally = new Tally();
        var attack = Task.WhenAll(Enumerable.Range(0, connections).Select(i => GoOnAsync(i, port, tally, over.Token)));
        await Task.WhenAny(attack, Console.In.ReadToEndAsync(stop));
        await over.CancelAsync();
        await attack;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{tally.GoneOut} went out, {tally.Held} are held, {tally.PutOff} were put off, {tally.Sessions} sessions"));
    }

    private static async Task GoOnAsync(int machine, int port, Tally tally, CancellationToken over)
    {
        var from = IPAddress.Parse($"127.1.{machine / 250}.{1 + machine % 250}");
        while (!over.IsCancellationRequested && Volatile.Read(ref tally.Asked) < Messages)
        {
            try
            {
                await SessionAsync(from, port, tally, over);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // It comes again at once.
            }
        }
    }

    private static async Task SessionAsync(IPAddress from, int port, Tally tally, CancellationToken over)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), over);
        Interlocked.Increment(ref tally.Sessions);
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        using var answers = new StreamReader(stream, Encoding.ASCII);

        async Task<string> AskAsync(string? command)
        {
            if (command is not null)
                await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), over);
            string line;
            do
                line = await answers.ReadLineAsync(over) ?? throw new EndOfStreamException();
            while (line.Length > 3 && line[3] == '-');
            return line;
        }

        await AskAsync(null);
        await AskAsync("EHLO stolen.example");
        if (!(await AskAsync($"AUTH PLAIN {HijackServeCommand.ResponseOf(0)}")).StartsWith("235", StringComparison.Ordinal))
            return;
        for (long n; (n = Interlocked.Increment(ref tally.Asked)) <= Messages;)
        {
            var reply = await AskAsync($"MAIL FROM:<{HijackServeCommand.AddressOf(0)}>");
            if (reply.StartsWith("250", StringComparison.Ordinal))
            {
                await AskAsync($"RCPT TO:<a{n % 20}@elsewhere.example>");
                await AskAsync("DATA");
                reply = await AskAsync($"From: {HijackServeCommand.AddressOf(0)}\r\nSubject: Offer\r\n\r\nOffer {n}.\r\n.");
            }

            tally.Count(reply);
        }
    }

    private sealed class Tally
    {
        public long Asked;
        public long GoneOut;
        public long Held;
        public long PutOff;
        public long Sessions;

        public void Count(string reply)
        {
            if (!reply.StartsWith("250", StringComparison.Ordinal))
                Interlocked.Increment(ref PutOff);
            else if (reply.Contains("; held", StringComparison.Ordinal))
                Interlocked.Increment(ref Held);
            else
                Interlocked.Increment(ref GoneOut);
        }
    }
}
