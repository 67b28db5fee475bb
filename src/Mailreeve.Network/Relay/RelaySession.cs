using System.Net;
using System.Net.Sockets;
using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Relay;
using Mailreeve.Protocols.Smtp.Client;
using Mailreeve.Storage.Network;

namespace Mailreeve.Network.Relay;

/// <summary>The tests of one round at one port: one connection, and another when the server hangs up.</summary>
internal sealed class RelaySession(
    RelayTester tester, RelayRunRow run, int port, string? customerDomain, Func<RelayAttemptRow, Task> keep, Func<Task<bool>> isProven) : IAsyncDisposable
{
    // There is no mail server here at all (RFC 7504 §3).
    private const int NoMailHere = 521;

    private RelayLine? line;
    private int connections;
    private string? helo;
    private RelayDialogue trouble = RelayDialogue.Unreachable;
    private string detail = "";

    public string? Host { get; set; }

    /// <summary>Whether the port has refused the first connection: nothing can be relayed through it.</summary>
    public bool IsShut { get; private set; }

    public async ValueTask DisposeAsync()
    {
        if (line is not null)
            await line.DisposeAsync();
    }

    public async Task<RelayRound> RunAsync(IReadOnlyList<RelayAttemptRow> attempts, CancellationToken stop)
    {
        await using var _ = this;
        if (!await ConnectedAsync(stop))
        {
            if (IsShut)
                await EachAsync(attempts, a => a with { Verdict = RelayVerdict.Omitted, Transcript = detail });
            return Round(trouble);
        }

        foreach (var attempt in attempts)
        {
            if (await isProven())
                return Round(RelayDialogue.Complete) with { IsProven = true };
            var names = NamesOf(attempt);
            if (RelayTestTable.Find(attempt.Test) is not { } test || !test.TryFill(names, out var envelope))
            {
                await keep(attempt with { Verdict = RelayVerdict.Omitted, Transcript = "(a name that it needs is not known)" });
                continue;
            }

            await Task.Delay(tester.Options.Pause, stop);
            if (await MakeAsync(attempt, envelope, names.Token, stop) is not { } made)
                return Round(trouble);
            await keep(made);
        }

        await QuitAsync(stop);
        return Round(RelayDialogue.Complete) with { IsProven = await isProven() };
    }

    private RelayRound Round(RelayDialogue dialogue) => new() { Dialogue = dialogue, Detail = detail, Host = Host };

    private async Task EachAsync(IReadOnlyList<RelayAttemptRow> attempts, Func<RelayAttemptRow, RelayAttemptRow> change)
    {
        foreach (var attempt in attempts)
            await keep(change(attempt));
    }

    // Null: it could not be made. A server that hangs up on those who were refused often is called again, and the test is made once more;
    // if it hangs up at once on this one, that is its answer.
    private async Task<RelayAttemptRow?> MakeAsync(RelayAttemptRow attempt, RelayEnvelope envelope, string token, CancellationToken stop)
    {
        for (var time = 1; ; time++)
        {
            if (!await ConnectedAsync(stop))
                return null;
            var codes = await DialogueAsync(attempt, envelope, token, stop);
            var made = attempt with { Verdict = codes.Verdict, Transcript = line!.TakeTranscript(), MadeAt = tester.Now() };
            var isDecided = made.Verdict is not (RelayVerdict.Waiting or RelayVerdict.PutOff);
            if (isDecided || !line.IsClosed || time == 2)
                return made.Verdict == RelayVerdict.Waiting ? made with { Verdict = RelayVerdict.PutOff } : made;
        }
    }

    private sealed record Codes(int? Mail = null, int? Rcpt = null, int? Data = null, int? End = null)
    {
        public RelayVerdict Verdict => RelayRules.OfReplies(Mail, Rcpt, Data, End);
    }

    private async Task<Codes> DialogueAsync(RelayAttemptRow attempt, RelayEnvelope envelope, string token, CancellationToken stop)
    {
        var name = envelope.Helo ?? tester.Options.HeloName;
        if (name != helo)
        {
            // Who refuses the name refuses the test (RFC 5321 §4.1.1.1: the name before then still stands).
            var greeted = await line!.SayAsync($"EHLO {name}", stop);
            if (greeted is not { IsDone: true })
                return new Codes { Mail = CodeOf(greeted) };
            helo = name;
            Host ??= RelayNames.HostIn(greeted.Text);
        }

        var codes = new Codes { Mail = CodeOf(await line!.SayAsync(envelope.Mail, stop)) };
        if (codes.Mail / 100 != 2)
            return await ResetAsync(codes, stop);
        codes = codes with { Rcpt = CodeOf(await line.SayAsync(envelope.Rcpt, stop)) };
        if (codes.Rcpt / 100 != 2)
            return await ResetAsync(codes, stop);
        codes = codes with { Data = CodeOf(await line.SayAsync("DATA", stop)) };
        if (codes.Data / 100 != 3)
            return await ResetAsync(codes, stop);

        // From here on it may arrive, even if we never hear of it: so what waits for it must be there before.
        await keep(attempt with { Verdict = RelayVerdict.TookMessage, MadeAt = tester.Now() });
        codes = codes with { End = CodeOf(await line.SendMessageAsync(MessageOf(attempt, token), stop)) };
        // Without a reply nobody knows who has it.
        if (codes.End is null)
            return codes with { End = 250 };
        return await ResetAsync(codes, stop);

        static int? CodeOf(RemoteReply? reply) => reply?.Code;
    }

    private async Task<Codes> ResetAsync(Codes codes, CancellationToken stop)
    {
        if (!line!.IsClosed)
            await line.SayAsync("RSET", stop);
        return codes;
    }

    private async Task<bool> ConnectedAsync(CancellationToken stop)
    {
        if (line is { IsClosed: false })
            return true;
        if (line is not null)
            await line.DisposeAsync();
        line = null;
        if (connections == tester.Options.ConnectionsMax)
            return Fail(RelayDialogue.BrokenOff, $"The server hung up {connections} times.");
        if (connections++ > 0)
            await Task.Delay(tester.Options.Pause, stop);
        try
        {
            var socket = await tester.Dial(new IPEndPoint(run.Address.ToIPAddress(), port), stop);
            line = await RelayLine.BeginAsync(socket, underTls: port == 465, tester.Options.ReplyWithin, stop);
        }
        catch (Exception e) when (e is SocketException or IOException or TimeoutException)
        {
            IsShut = connections == 1 && e is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
            // Where TLS does not come about somebody has answered.
            return Fail(connections == 1 && e is not IOException ? RelayDialogue.Unreachable : RelayDialogue.BrokenOff, $"Port {port}: {e.Message}");
        }

        return await GreetedAsync(stop);
    }

    private async Task<bool> GreetedAsync(CancellationToken stop)
    {
        var greeting = await line!.ReplyAsync(stop);
        if (greeting is not { IsDone: true })
        {
            var isRefusal = greeting is { IsNever: true };
            return Fail(
                connections == 1 && isRefusal ? RelayDialogue.RefusesTester : RelayDialogue.BrokenOff,
                greeting is null ? $"Port {port}: no greeting." : $"Port {port}: {greeting}{(greeting.Code == NoMailHere ? " (it takes no mail at all)" : "")}");
        }

        Host ??= RelayNames.HostIn(greeting.Text);
        helo = tester.Options.HeloName;
        var reply = await line.SayAsync($"EHLO {helo}", stop);
        if (reply is { IsNever: true } && !line.IsClosed)
            reply = await line.SayAsync($"HELO {helo}", stop);
        if (reply is { IsDone: true })
        {
            Host ??= RelayNames.HostIn(reply.Text);
            return true;
        }

        return Fail(
            connections == 1 && reply is { IsNever: true } ? RelayDialogue.RefusesTester : RelayDialogue.BrokenOff,
            reply is null ? $"Port {port}: no answer to EHLO." : $"Port {port}: {reply}");
    }

    private bool Fail(RelayDialogue dialogue, string why)
    {
        (trouble, detail) = (dialogue, why);
        return false;
    }

    private async Task QuitAsync(CancellationToken stop)
    {
        if (line is { IsClosed: false })
            await line.SayAsync("QUIT", stop);
    }

    private RelayNames NamesOf(RelayAttemptRow attempt)
    {
        var token = new RelayToken(run.Id, (int)attempt.Number);
        return tester.Options.NamesFor(run.Address, Host, customerDomain, token.Write(tester.Key), token.WriteProbe(tester.Key));
    }

    private byte[] MessageOf(RelayAttemptRow attempt, string token) => new RelayTestMessage
    {
        Token = token,
        To = $"{token}@{tester.Options.Collector}",
        From = tester.Provider.AbuseAddress,
        Provider = tester.Provider.Name,
        Tested = $"{run.Address}",
        Test = attempt.Test,
        PolicyUrl = $"{tester.Provider.BaseUrl}/policy",
        Date = tester.Now(),
    }.Write();
}
