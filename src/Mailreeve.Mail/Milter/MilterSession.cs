using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Mailreeve.Mail.OwnMta;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Milter;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.Milter;

/// <summary>One connection of a mail server to the milter: what its client has said so far, and the loop that answers.</summary>
internal sealed class MilterSession(MilterParts parts, ClientWire wire, string id, ILogger log) : IDisposable
{
    private const MilterActions Actions = MilterActions.AddHeaders | MilterActions.ChangeHeaders | MilterActions.Quarantine;
    private const MilterSteps Steps =
        MilterSteps.NoReplyToHeader | MilterSteps.NoUnknown | MilterSteps.NoData | MilterSteps.Skip | MilterSteps.LeadingSpace;

    // Octets of what a session keeps by name: a packet has room for very much more, in each of thousands of recipients. A name is no longer
    // than RFC 5321 §4.5.3.1 has it; an address has room for quotes and UTF-8.
    private const int UserBytesMax = 320;
    private const int HeloBytesMax = 255;
    private const int AddressBytesMax = 1000;

    private readonly bool looksInside = parts.Outgoing is not null || parts.Incoming is not null;
    private MilterOptions options;
    private Address? client;
    private string helo = "";
    private byte[] user = [];
    private MilterTransaction? transaction;
    private byte[] gathered = [];

    /// <summary>Answers until one side has had enough.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            var result = await wire.ReadAsync(parts.Limits.IdleTimeout);
            var buffer = result.Buffer;
            var status = MilterFramer.Next(ref buffer, out var command, out var data);
            var goesOn = true;
            while (status == MilterFrameStatus.Packet && goesOn)
            {
                goesOn = await HandleAsync(command, data);
                if (goesOn)
                    status = MilterFramer.Next(ref buffer, out command, out data);
            }

            wire.AdvanceTo(buffer.Start, goesOn ? buffer.End : buffer.Start);
            if (status == MilterFrameStatus.BadLength)
                log.MilterMalformed(id, "length");
            if (!goesOn || status == MilterFrameStatus.BadLength || result.IsCompleted || wire.Stopping || wire.Overdue)
            {
                await wire.CloseAsync();
                return;
            }
        }
    }

    public void Dispose() => EndTransaction();

    // False: the connection ends.
    private async ValueTask<bool> HandleAsync(MilterCommand command, ReadOnlySequence<byte> data)
    {
        try
        {
            if (command == MilterCommand.EndOfBody)
                return await EndMessageAsync(data);
            if (command == MilterCommand.Rcpt)
                return await AddRecipientAsync(data);
            if (Handle(command, data))
                return true;
        }
        catch (Exception e) when (e is not IOException and not OperationCanceledException)
        {
            // A rule that fails is never a yes. The message is given up; the session may have others.
            log.MilterUndecided(e, id);
            EndTransaction();
            MilterResponse.PutOff(wire.Output);
            return true;
        }

        if (command != MilterCommand.Quit)
            log.MilterMalformed(id, command.ToString());
        return false;
    }

    private bool Handle(MilterCommand command, ReadOnlySequence<byte> data)
    {
        switch (command)
        {
            case MilterCommand.Negotiate:
                return Negotiate(InOnePiece(data));
            case MilterCommand.Macros:
                return TakeMacros(InOnePiece(data));
            case MilterCommand.Connect:
                return Connect(InOnePiece(data));
            case MilterCommand.Helo:
                return Greet(InOnePiece(data));
            case MilterCommand.Mail:
                return BeginMessage(InOnePiece(data));
            case MilterCommand.Header:
                return TakeField(InOnePiece(data));
            case MilterCommand.EndOfHeader:
                transaction?.EndHeader(parts.Limits.SizeBytesMax);
                MilterResponse.Continue(wire.Output);
                return true;
            case MilterCommand.Body:
                TakeBody(data);
                return true;
            case MilterCommand.Data or MilterCommand.Unknown:
                MilterResponse.Continue(wire.Output);
                return true;
            case MilterCommand.Abort:
                EndTransaction();
                return true;
            case MilterCommand.QuitNewConnection:
                EndTransaction();
                (client, helo, user) = (null, "", []);
                return true;
            default:
                return false;
        }
    }

    private bool Negotiate(ReadOnlySpan<byte> data)
    {
        if (!MilterOptions.TryParse(data, out var offered))
            return false;
        options = offered.Agree(Actions, looksInside ? Steps : Steps | MilterSteps.NoBody);
        MilterResponse.Negotiate(wire.Output, options);
        return true;
    }

    // What is said of MAIL holds for this message alone: another one may come from somebody who has not signed in.
    private bool TakeMacros(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return false;
        var isMail = data[0] == (byte)MilterCommand.Mail;
        data = data[1..];
        if (isMail)
            user = [];
        while (!data.IsEmpty)
        {
            if (!MilterText.TryNext(ref data, out var name) || !MilterText.TryNext(ref data, out var value))
                return false;
            if (!isMail || !(name.SequenceEqual("{auth_authen}"u8) || name.SequenceEqual("auth_authen"u8)))
                continue;
            // Cut short it would be somebody else.
            if (value.Length > UserBytesMax)
                return false;
            user = value.ToArray();
        }

        return true;
    }

    private bool Connect(ReadOnlySpan<byte> data)
    {
        EndTransaction();
        if (!MilterConnect.TryParse(data, out client))
            return false;
        MilterResponse.Continue(wire.Output);
        return true;
    }

    private bool Greet(ReadOnlySpan<byte> data)
    {
        if (!MilterText.TryNext(ref data, out var name))
            return false;
        helo = Encoding.UTF8.GetString(name[..Math.Min(name.Length, HeloBytesMax)]);
        MilterResponse.Continue(wire.Output);
        return true;
    }

    private bool BeginMessage(ReadOnlySpan<byte> data)
    {
        EndTransaction();
        if (!MilterText.TryNext(ref data, out var argument))
            return false;
        var size = 0L;
        while (MilterText.TryNext(ref data, out var parameter))
        {
            if (parameter.Length > 5 && Ascii.EqualsIgnoreCase(parameter[..5], "SIZE="u8) && !Utf8Parser.TryParse(parameter[5..], out size, out _))
                return false;
        }

        if (argument.Length > AddressBytesMax)
        {
            Refuse(Reply.C501BadSender);
            return true;
        }

        var standing = parts.Answers.Know(client, user);
        var verdict = DelegationRules.OfClient(standing);
        if (verdict is DelegationVerdict.Pass)
            transaction = new MilterTransaction(Encoding.UTF8.GetString(MilterText.Address(argument)), standing, size);
        Say(verdict);
        return true;
    }

    private async ValueTask<bool> AddRecipientAsync(ReadOnlySequence<byte> data)
    {
        if (!TryReadRecipient(data, out var recipient))
        {
            log.MilterMalformed(id, nameof(MilterCommand.Rcpt));
            return false;
        }

        if (transaction is null || transaction.Recipients.Count >= parts.Limits.RecipientsMax)
        {
            MilterResponse.Refuse(wire.Output, transaction is null ? Reply.C503NeedMail : Reply.C452TooManyRecipients);
            return true;
        }

        if (recipient.Length > AddressBytesMax)
        {
            Refuse(Reply.C501BadRecipient);
            return true;
        }

        var verdict = await parts.Answers.OfRecipientAsync(transaction.Standing, Encoding.UTF8.GetBytes(recipient), transaction.SizeBytes);
        if (verdict is DelegationVerdict.Pass)
            transaction.Recipients.Add(recipient);
        Say(verdict);
        return true;
    }

    private bool TryReadRecipient(ReadOnlySequence<byte> data, out string recipient)
    {
        var all = InOnePiece(data);
        var found = MilterText.TryNext(ref all, out var argument);
        recipient = Encoding.UTF8.GetString(MilterText.Address(argument));
        return found;
    }

    private bool TakeField(ReadOnlySpan<byte> data)
    {
        if (!MilterText.TryNext(ref data, out var name) || !MilterText.TryNext(ref data, out var value))
            return false;
        if (transaction is not null && transaction.HasRoomForField(name.Length + value.Length, parts.Limits))
            transaction.AddField(name, value, options.Steps.HasFlag(MilterSteps.LeadingSpace), parts.HostName);
        if (!options.Steps.HasFlag(MilterSteps.NoReplyToHeader))
            MilterResponse.Continue(wire.Output);
        return true;
    }

    private void TakeBody(ReadOnlySequence<byte> data)
    {
        if (transaction is { } open && Wants(open) is not null)
        {
            Append(open, data);
            MilterResponse.Continue(wire.Output);
        }
        else if (options.Steps.HasFlag(MilterSteps.Skip))
        {
            MilterResponse.Skip(wire.Output);
        }
        else
        {
            MilterResponse.Continue(wire.Output);
        }
    }

    private async ValueTask<bool> EndMessageAsync(ReadOnlySequence<byte> rest)
    {
        if (transaction is not { } open)
        {
            MilterResponse.PutOff(wire.Output);
            return true;
        }

        var add = Wants(open);
        if (add is not null)
            Append(open, rest);
        if (open.IsTooBig)
        {
            Refuse(Reply.C552TooBig);
            EndTransaction();
            return true;
        }

        var verdict = DelegationRules.OfEnvelope(open.From.Length == 0, open.Recipients.Count);
        if (verdict is DelegationVerdict.Pass)
            verdict = await parts.Answers.OfMessageAsync(client, user, open.Standing, open.Recipients.Count, CancellationToken.None);
        if (verdict is not DelegationVerdict.Refuse)
            await ChangeAsync(open, add, verdict);
        Say(verdict);
        EndTransaction();
        return true;
    }

    // What is held is signed too: it goes out as it is when somebody lets it go.
    private async ValueTask ChangeAsync(
        MilterTransaction open, Func<MilterMessage, ReadOnlySequence<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>>? add, DelegationVerdict verdict)
    {
        var fields = add is null
            ? default
            : await add(
                new MilterMessage(client, helo, Encoding.UTF8.GetString(user), open.Standing, open.From, open.Recipients),
                open.Content.ToSequence(default), CancellationToken.None);
        if (options.Actions.HasFlag(MilterActions.ChangeHeaders))
        {
            foreach (var index in open.Forged)
                MilterResponse.Remove(wire.Output, "Authentication-Results", index);
        }

        if (options.Actions.HasFlag(MilterActions.AddHeaders))
            Insert(fields.Span);
        if (verdict is DelegationVerdict.Hold(var clause) && options.Actions.HasFlag(MilterActions.Quarantine))
            MilterResponse.Quarantine(wire.Output, $"held under clause {clause}");
    }

    // Each in front of all others, so the last one first.
    private void Insert(ReadOnlySpan<byte> fields)
    {
        while (!fields.IsEmpty)
        {
            var start = fields.Length;
            do
            {
                start = fields[..Math.Max(0, start - 1)].LastIndexOf((byte)'\n') + 1;
            }
            while (start > 0 && fields[start] is (byte)' ' or (byte)'\t');
            MilterResponse.InsertFirst(wire.Output, fields[start..], options.Steps.HasFlag(MilterSteps.LeadingSpace));
            fields = fields[..start];
        }
    }

    // One that we do not know, and who has signed in, is a customer as well; but there is nobody whom a trace could name.
    private Func<MilterMessage, ReadOnlySequence<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>>? Wants(MilterTransaction open) =>
        open.Standing.Customer is not null ? parts.Outgoing : user.Length > 0 ? null : parts.Incoming;

    private void Append(MilterTransaction open, ReadOnlySequence<byte> data)
    {
        if (!open.HasRoom(data.Length, parts.Limits.SizeBytesMax))
            return;
        foreach (var piece in data)
            open.Content.Write(piece.Span);
    }

    private void Say(DelegationVerdict verdict)
    {
        if (verdict is DelegationVerdict.Refuse refused)
            Refuse(MtaReplies.For(refused, parts.WhereToTurn));
        // A server that cannot hold must not let it go.
        else if (verdict is DelegationVerdict.Hold && !options.Actions.HasFlag(MilterActions.Quarantine))
            MilterResponse.PutOff(wire.Output);
        else
            MilterResponse.Continue(wire.Output);
    }

    private void Refuse(Reply reply)
    {
        log.MilterRefused(id, reply.Text);
        MilterResponse.Refuse(wire.Output, reply);
    }

    private void EndTransaction()
    {
        transaction?.Dispose();
        transaction = null;
    }

    private ReadOnlySpan<byte> InOnePiece(ReadOnlySequence<byte> data)
    {
        if (data.IsSingleSegment)
            return data.FirstSpan;
        if (gathered.Length < data.Length)
            gathered = new byte[data.Length];
        data.CopyTo(gathered);
        return gathered.AsSpan(0, (int)data.Length);
    }
}
