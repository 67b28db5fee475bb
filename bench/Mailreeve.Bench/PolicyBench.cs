using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mailreeve.Serving;

namespace Mailreeve.Bench;

/// <summary>Policy delegation: the questions of a Postfix at RCPT, on connections that stay, each asked when the one before it is answered.</summary>
internal static class PolicyBench
{
    private const string Domain = "customer.example";

    public static async Task RunAsync(IReadOnlyList<int> connections, int seconds, CancellationToken stop)
    {
        var port = LocalPorts.Free();
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["policy-serve", $"{port}", Domain])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            while (await server.StandardOutput.ReadLineAsync(stop) is { } line && line != PolicyServeCommand.Up)
            {
            }

            Ask(port, 4, TimeSpan.FromSeconds(2));
            foreach (var count in connections)
            {
                var meter = new CpuMeter(server, "sqlite:");
                var waits = Ask(port, count, TimeSpan.FromSeconds(seconds));
                var spent = meter.Read();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"policy {count} connections: {waits.Length / spent.Wall:0} a second, {spent.Program / waits.Length * 1e6:0.0} µs of processor time each, p50 {Milliseconds(waits, 0.5):0.000} ms, p99 {Milliseconds(waits, 0.99):0.000} ms"));
            }
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync(stop);
        }
    }

    private static double Milliseconds(long[] waits, double share) => waits[(int)(share * (waits.Length - 1))] * 1e3 / Stopwatch.Frequency;

    // A thread for each connection: next to nothing else happens between the question and the answer. Ascending.
    private static long[] Ask(int port, int connections, TimeSpan how)
    {
        var waits = new List<long>[connections];
        var threads = Enumerable.Range(0, connections).Select(i => new Thread(() => waits[i] = AskOn(port, i, how))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        long[] all = [.. waits.SelectMany(w => w)];
        Array.Sort(all);
        return all;
    }

    private static List<long> AskOn(int port, int connection, TimeSpan how)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        var waits = new List<long>(1 << 16);
        var answer = new byte[1024];
        var until = Stopwatch.GetTimestamp() + (long)(how.TotalSeconds * Stopwatch.Frequency);
        for (var n = connection; ; n += 7919)
        {
            var question = Question(n);
            var asked = Stopwatch.GetTimestamp();
            if (asked > until)
                return waits;
            socket.Send(question);
            for (var length = 0; !answer.AsSpan(0, length).EndsWith("\n\n"u8);)
            {
                var got = socket.Receive(answer.AsSpan(length));
                if (got == 0)
                    throw new EndOfStreamException("The server hung up.");
                length += got;
            }

            waits.Add(Stopwatch.GetTimestamp() - asked);
        }
    }

    // As Postfix 3.7 asks.
    private static byte[] Question(int n) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
        request=smtpd_access_policy
        protocol_state=RCPT
        protocol_name=ESMTP
        client_address=10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}
        client_name=host{n}.elsewhere.example
        client_port={1024 + (n % 60000)}
        reverse_client_name=host{n}.elsewhere.example
        server_address=127.0.0.1
        server_port=25
        helo_name=host{n}.elsewhere.example
        sender=sender{n % 5000}@elsewhere.example
        recipient=u{n % 100:00}@{Domain}
        recipient_count=0
        queue_id=
        instance={n:x}.5f1c.0
        size={1000 + (n % 90000)}
        etrn_domain=
        stress=
        sasl_method=
        sasl_username=
        sasl_sender=
        ccert_subject=
        ccert_issuer=
        ccert_fingerprint=
        ccert_pubkey_fingerprint=
        encryption_protocol=TLSv1.3
        encryption_cipher=TLS_AES_256_GCM_SHA384
        encryption_keysize=256
        policy_context=


        """).ReplaceLineEndings("\n"));
}
