using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Testing;

namespace Mailreeve.Bench;

/// <summary>
/// How long customers wait for the 250 while one hijacked account throws a hundred thousand messages at the same door, and how long without.
/// Server, attackers and customers are processes of their own, so that none waits for the other's threads, and each has its processor time.
/// </summary>
internal sealed class HijackBench(Dialect dialect, int connections, int seconds, bool unprotected)
{
    private const int Others = 20;
    private const int PerSecond = 2;

    public async Task RunAsync(CancellationToken stop)
    {
        await using var database = await TestDatabase.OpenAsync(dialect);
        var port = LocalPorts.Free();
        using var server = Start("hijack-serve", database.ConnectionString, $"{port}", $"{Others + 1}", $"{unprotected}");
        await ReadUntilAsync(server, HijackServeCommand.Up, stop);
        var customers = new List<Customer>();
        for (var i = 1; i <= Others; i++)
            customers.Add(await Customer.ConnectAsync(port, i, stop));
        // The first of everything takes longer.
        await WriteAsync(customers, 15);

        var alone = await MeasureAsync(server, null, database.ConnectionString, customers);
        Print("without", alone);
        using var attack = Start("hijack-attack", $"{port}", $"{connections}");
        var under = await MeasureAsync(server, attack, database.ConnectionString, customers);
        Print($"{connections} attacking", under);
        attack.StandardInput.Close();
        Console.WriteLine($"  of the attack's: {await attack.StandardOutput.ReadLineAsync(stop)}");
        await attack.WaitForExitAsync(stop);
        customers.ForEach(c => c.Dispose());
        server.StandardInput.Close();
        await server.WaitForExitAsync(stop);
    }

    private void Print(string when, Measured measured)
    {
        var waits = measured.Waits;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{dialect}{(unprotected ? ", unprotected" : "")}, {when}: {waits.Length} messages, median {waits[waits.Length / 2]:0.0} ms, p99 {waits[waits.Length * 99 / 100]:0.0} ms, longest {waits[^1]:0.0} ms; processor: server {measured.Server.Program:0.0} s, database {measured.Server.Database:0.0} s, attackers {measured.Attackers:0.0} s of {measured.Server.Wall:0.0} s"));
    }

    private async Task<Measured> MeasureAsync(Process server, Process? attack, string connection, List<Customer> customers)
    {
        var meter = new CpuMeter(server, connection);
        var attackers = attack is null ? null : new CpuMeter(attack, "sqlite:");
        var waits = await WriteAsync(customers, seconds * PerSecond);
        return new Measured(waits, meter.Read(), attackers?.Read().Program ?? 0);
    }

    // Ascending. Each customer's messages are due at fixed times, evenly over all of them; one that is late has waited since it was due.
    private static async Task<double[]> WriteAsync(List<Customer> customers, int each)
    {
        var began = Stopwatch.GetTimestamp();
        var waits = await Task.WhenAll(customers.Select((c, i) => c.WriteAsync(each, began, (double)i / (customers.Count * PerSecond), 1.0 / PerSecond)));
        double[] all = [.. waits.SelectMany(w => w)];
        Array.Sort(all);
        return all;
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    private static async Task ReadUntilAsync(Process process, string line, CancellationToken stop)
    {
        while (await process.StandardOutput.ReadLineAsync(stop) is { } said && said != line)
        {
        }
    }

    private sealed record Measured(double[] Waits, Spent Server, double Attackers);

    private sealed class Customer : IDisposable
    {
        private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly int number;
        private StreamReader? answers;
        private int sent;

        private Customer(int number) => this.number = number;

        public static async Task<Customer> ConnectAsync(int port, int number, CancellationToken stop)
        {
            var customer = new Customer(number);
            customer.socket.Bind(new IPEndPoint(IPAddress.Parse($"127.2.0.{number}"), 0));
            await customer.socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), stop);
            customer.answers = new StreamReader(new NetworkStream(customer.socket), Encoding.ASCII);
            await customer.AskAsync(null, "220");
            await customer.AskAsync("EHLO home.example", "250");
            await customer.AskAsync($"AUTH PLAIN {HijackServeCommand.ResponseOf(number)}", "235");
            return customer;
        }

        public async Task<List<double>> WriteAsync(int messages, long began, double first, double interval)
        {
            var waits = new List<double>(messages);
            for (var i = 0; i < messages; i++)
            {
                var due = first + (i * interval);
                var early = due - Stopwatch.GetElapsedTime(began).TotalSeconds;
                if (early > 0)
                    await Task.Delay(TimeSpan.FromSeconds(early));
                var from = HijackServeCommand.AddressOf(number);
                await AskAsync($"MAIL FROM:<{from}>", "250");
                await AskAsync($"RCPT TO:<a@elsewhere{number}.example>", "250");
                await AskAsync("DATA", "354");
                await AskAsync($"From: {from}\r\nSubject: Minutes\r\n\r\nPage {++sent} of {number}.\r\n.", "250");
                waits.Add((Stopwatch.GetElapsedTime(began).TotalSeconds - due) * 1000);
            }

            return waits;
        }

        public void Dispose()
        {
            answers?.Dispose();
            socket.Dispose();
        }

        private async Task AskAsync(string? command, string code)
        {
            if (command is not null)
                await socket.SendAsync(Encoding.ASCII.GetBytes(command + "\r\n"));
            string line;
            do
                line = await answers!.ReadLineAsync() ?? throw new EndOfStreamException("The server hung up.");
            while (line.Length > 3 && line[3] == '-');
            if (!line.StartsWith(code, StringComparison.Ordinal) || line.Contains("; held", StringComparison.Ordinal))
                throw new InvalidDataException($"Expected {code}, got: {line}");
        }
    }
}
