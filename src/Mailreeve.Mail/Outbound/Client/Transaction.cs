using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Smtp.Client;

namespace Mailreeve.Mail.Outbound.Client;

/// <summary>
/// One message on an open connection (RFC 5321 §3.3): in three round trips when the server offers PIPELINING, with an outcome for each
/// recipient.
/// </summary>
/// <param name="wire">The connection.</param>
/// <param name="server">What the server can.</param>
/// <param name="times">How long is waited.</param>
/// <param name="message">The message.</param>
internal sealed class Transaction(ServerWire wire, ServerExtensions server, ClientTimes times, Transmission message)
{
    // So many commands go out before their replies are read. More, and both sides could wait for the other to read (RFC 2920 §3.1).
    private const int BatchMax = 100;

    private const int BlockBytes = 64 << 10;

    private readonly DeliveryOutcome?[] outcomes = new DeliveryOutcome?[message.Recipients.Count];
    private readonly List<(int Index, RcptCommand Command)> asked = new(message.Recipients.Count);
    private readonly List<int> accepted = new(message.Recipients.Count);
    private bool smtpUtf8;
    private bool heard;
    private bool dotSent;

    /// <summary>Whether the connection can take no further message.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether the server has to be told that the transaction is over.</summary>
    public bool NeedsReset { get; private set; }

    /// <summary>Sends it.</summary>
    /// <param name="reset">Whether RSET has to come first.</param>
    public async Task<TransmissionResult> RunAsync(bool reset)
    {
        NeedsReset = reset;
        var content = OutgoingContent.Of(message.Content);
        if (Unsendable(content) is { } refused)
            return Result(new DeliveryOutcome.Refused(refused));

        try
        {
            await ConverseAsync(content);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidDataException or TimeoutException or OperationCanceledException)
        {
            IsOver = true;
            return Result(Broken(e));
        }

        IsOver |= wire.HasMore;
        return Result(new DeliveryOutcome.TryLater("451 4.5.0 The server did not say what became of this recipient"));
    }

    private async Task ConverseAsync(OutgoingContent content)
    {
        if (wire.HasMore)
            throw new InvalidDataException("The server answered before it was asked");
        var mail = PrepareEnvelope(content);
        if (asked.Count == 0)
            return;
        var dataReply = server.Pipelining ? await PipelineAsync(mail) : await OneByOneAsync(mail);
        if (dataReply is null)
            return;
        if (!dataReply.IsGoOn)
        {
            NeedsReset = true;
            Settle(accepted, dataReply);
            return;
        }

        if (wire.HasMore)
            throw new InvalidDataException("The server answered the message before it was sent");
        await ContentAsync();
    }

    // Addresses outside ASCII need SMTPUTF8; a domain alone can be written in ASCII for a server that has it not (RFC 5890 §2.3.2.1).
    private MailCommand PrepareEnvelope(OutgoingContent content)
    {
        smtpUtf8 = server.SmtpUtf8 && (message.SmtpUtf8 || message.From is { NeedsUtf8: true } || message.Recipients.Any(r => r.To.NeedsUtf8));
        var from = message.From is null || smtpUtf8 ? message.From : InAscii(message.From);
        for (var i = 0; i < outcomes.Length; i++)
        {
            var command = message.Recipients[i];
            if (smtpUtf8 || !command.To.NeedsUtf8)
                asked.Add((i, command));
            else if (InAscii(command.To) is { } to)
                asked.Add((i, command with { To = to }));
            else
                outcomes[i] = new DeliveryOutcome.Refused("553 5.6.7 The address needs SMTPUTF8, which the server does not offer");
        }

        return new MailCommand
        {
            From = from,
            SizeBytes = content.SizeBytes,
            EightBit = content.EightBit,
            SmtpUtf8 = smtpUtf8,
            ReturnFull = message.ReturnFull,
            EnvelopeId = message.EnvelopeId,
        };
    }

    // MAIL, RCPT … and DATA in one write; then all replies.
    private async Task<RemoteReply?> PipelineAsync(MailCommand mail)
    {
        var begins = NeedsReset;
        if (begins)
            ClientCommands.Write(wire, "RSET\r\n"u8);
        mail.WriteTo(wire, server);
        for (var at = 0; at < asked.Count;)
        {
            var batch = asked.GetRange(at, Math.Min(BatchMax, asked.Count - at));
            var isFirst = at == 0;
            at += batch.Count;
            var isLast = at == asked.Count;
            foreach (var (_, command) in batch)
                command.WriteTo(wire, server, smtpUtf8);
            if (isLast)
                ClientCommands.Write(wire, "DATA\r\n"u8);
            await FlushAsync();

            if (isFirst && ((begins && !IsReset(await HearAsync(times.Command))) || !await MailTakenAsync(stay: true)))
                return await SkipAsync(batch.Count, isLast);
            foreach (var (index, _) in batch)
            {
                if (!Take(index, await HearAsync(times.Command)))
                    return null;
            }
        }

        var reply = await HearAsync(times.Data);
        return Closed(reply) ? null : await WithRecipientsAsync(reply);
    }

    private async Task<RemoteReply?> OneByOneAsync(MailCommand mail)
    {
        if (NeedsReset)
        {
            ClientCommands.Write(wire, "RSET\r\n"u8);
            await FlushAsync();
            if (!IsReset(await HearAsync(times.Command)))
                return null;
        }

        mail.WriteTo(wire, server);
        await FlushAsync();
        if (!await MailTakenAsync(stay: false))
            return null;
        foreach (var (index, command) in asked)
        {
            command.WriteTo(wire, server, smtpUtf8);
            await FlushAsync();
            if (!Take(index, await HearAsync(times.Command)))
                return null;
        }

        if (accepted.Count == 0)
        {
            NeedsReset = true;
            return null;
        }

        ClientCommands.Write(wire, "DATA\r\n"u8);
        await FlushAsync();
        var reply = await HearAsync(times.Data);
        return Closed(reply) ? null : Checked(reply);
    }

    private bool IsReset(RemoteReply reply)
    {
        if (reply.IsDone)
        {
            NeedsReset = false;
            return true;
        }

        IsOver = true;
        SettleAll(new DeliveryOutcome.TryLater($"{reply}"));
        return false;
    }

    private async ValueTask<bool> MailTakenAsync(bool stay)
    {
        var reply = await HearAsync(times.Command);
        if (Closed(reply))
            return false;
        if (reply.IsDone)
            return true;
        if (reply.IsGoOn)
            throw new InvalidDataException($"The server answered MAIL with {reply.Code}");
        SettleAll(Outcome(reply));
        // With PIPELINING the replies to what was sent along are still to come.
        NeedsReset = stay;
        return false;
    }

    // MAIL was refused: what was sent behind it is refused too, and the replies are read so that both sides stay in step.
    private async Task<RemoteReply?> SkipAsync(int recipients, bool data)
    {
        for (var i = 0; i < recipients && !IsOver; i++)
            IsOver |= (await HearAsync(times.Command)).Closes;
        // To a server that wants the message all the same, it must not be given, not even an empty one.
        if (data && !IsOver)
            IsOver = (await HearAsync(times.Data)) is { IsGoOn: true } or { Closes: true };
        return null;
    }

    /// <returns>Whether the conversation goes on.</returns>
    private bool Take(int index, RemoteReply reply)
    {
        if (Closed(reply))
            return false;
        if (reply.IsGoOn)
            throw new InvalidDataException($"The server answered RCPT with {reply.Code}");
        if (reply.IsDone)
            accepted.Add(index);
        else if (reply.Code == 552 && accepted.Count > 0)
            outcomes[index] = new DeliveryOutcome.TryLater($"{reply}"); // Old servers say so of too many recipients (RFC 5321 §4.5.3.1.10).
        else
            outcomes[index] = Outcome(reply);
        return true;
    }

    // A server that has taken no recipient, and DATA all the same, gets the dot that it waits for (RFC 2920 §3.1).
    private async ValueTask<RemoteReply?> WithRecipientsAsync(RemoteReply dataReply)
    {
        if (accepted.Count > 0)
            return Checked(dataReply);
        if (!dataReply.IsGoOn)
        {
            NeedsReset = true;
            return null;
        }

        ClientCommands.Write(wire, ".\r\n"u8);
        await FlushAsync();
        IsOver = (await HearAsync(times.Dot)).Closes;
        return null;
    }

    private static RemoteReply Checked(RemoteReply dataReply) =>
        dataReply.IsDone ? throw new InvalidDataException($"The server answered DATA with {dataReply.Code}") : dataReply;

    private async Task ContentAsync()
    {
        var stuffer = new DotStuffer();
        try
        {
            foreach (var segment in message.Content)
            {
                for (var left = segment; !left.IsEmpty;)
                {
                    var piece = left[..Math.Min(left.Length, BlockBytes)];
                    stuffer.Write(piece.Span, wire);
                    left = left[piece.Length..];
                    if (wire.Pending < BlockBytes)
                        continue;
                    await wire.FlushAsync(times.Block);
                    if (wire.Tls is null && wire.HasStirred && await InterruptedAsync())
                        return;
                }
            }

            stuffer.End(wire);
            await wire.FlushAsync(times.Block);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // It may have said why before it hung up. The dot is the last octet, so the message is not whole over there.
            if (await InterruptedAsync())
                return;
            throw;
        }

        dotSent = true;
        var reply = await HearAsync(times.Dot);
        if (reply.IsGoOn)
            throw new InvalidDataException($"The server answered the message with {reply.Code}");
        IsOver |= reply.Closes;
        Settle(accepted, reply);
    }

    // An answer before the dot can only be a refusal; the rest of the message is not wanted, and the connection can serve nothing else.
    private async ValueTask<bool> InterruptedAsync()
    {
        IsOver = true;
        var reply = await wire.ReplyAsync(times.Quit);
        if (!reply.IsLater && !reply.IsNever)
            throw new InvalidDataException("The server answered the message before it was sent");
        Settle(accepted, reply);
        return true;
    }

    private async ValueTask FlushAsync()
    {
        try
        {
            await wire.FlushAsync(times.Command);
        }
        catch (IOException)
        {
            // A server that hung up may have said why: its last words are read next, and if there are none, that fails.
        }
    }

    private async ValueTask<RemoteReply> HearAsync(TimeSpan within)
    {
        var reply = await wire.ReplyAsync(within);
        heard = true;
        return reply;
    }

    private bool Closed(RemoteReply reply)
    {
        if (!reply.Closes)
            return false;
        IsOver = true;
        SettleAll(new DeliveryOutcome.TryLater($"{reply}"));
        return true;
    }

    private string? Unsendable(OutgoingContent content)
    {
        if (content.Problem == ContentProblem.BareCrOrLf)
            return "550 5.6.0 The message has a bare CR or LF and is not sent";
        if (content.Problem == ContentProblem.Nul)
            return "550 5.6.0 The message has a NUL octet and is not sent";
        if (content.SizeBytes > server.SizeBytesMax)
            return string.Create(CultureInfo.InvariantCulture, $"552 5.3.4 The message has {content.SizeBytes} octets, and the server takes {server.SizeBytesMax}");
        if (message.SmtpUtf8 && !server.SmtpUtf8)
            return "550 5.6.7 The message needs SMTPUTF8, which the server does not offer";
        return message.From is { NeedsUtf8: true } from && !server.SmtpUtf8 && InAscii(from) is null
            ? "550 5.6.7 The sender's address needs SMTPUTF8, which the server does not offer"
            : null;
    }

    private static Mailbox? InAscii(Mailbox mailbox)
    {
        if (!mailbox.NeedsUtf8)
            return mailbox;
        if (!Ascii.IsValid(mailbox.LocalPart))
            return null;
        try
        {
            return mailbox with { Domain = new IdnMapping().GetAscii(mailbox.Domain.ToLowerInvariant()) };
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private DeliveryOutcome Broken(Exception e) => e switch
    {
        OperationCanceledException when !dotSent => new DeliveryOutcome.TryLater("451 4.3.2 The program was stopped before the message was sent"),
        _ when dotSent => new DeliveryOutcome.InDoubt($"The whole message was sent, and no answer came: {e.Message}"),
        InvalidDataException => new DeliveryOutcome.TryLater($"451 4.5.0 {e.Message}"),
        _ => new DeliveryOutcome.TryLater($"451 4.4.2 The connection was lost: {e.Message}"),
    };

    private static DeliveryOutcome Outcome(RemoteReply reply) => (reply.Code / 100) switch
    {
        2 => new DeliveryOutcome.Accepted($"{reply}"),
        4 => new DeliveryOutcome.TryLater($"{reply}"),
        _ => new DeliveryOutcome.Refused($"{reply}"),
    };

    private void Settle(List<int> recipients, RemoteReply reply)
    {
        var outcome = Outcome(reply);
        foreach (var index in recipients)
            outcomes[index] = outcome;
    }

    private void SettleAll(DeliveryOutcome outcome)
    {
        for (var i = 0; i < outcomes.Length; i++)
            outcomes[i] ??= outcome;
    }

    private TransmissionResult Result(DeliveryOutcome otherwise)
    {
        SettleAll(otherwise);
        return new TransmissionResult(outcomes!, Unheard: IsOver && !heard);
    }
}
