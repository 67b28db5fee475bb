using System.Security.Authentication;
using Mailreeve.Mail.Imap.Commands;
using Mailreeve.Mail.Mailboxes;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy;
using Mailreeve.Protocols.Imap;
using Mailreeve.Protocols.Net;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.Imap;

/// <summary>One IMAP session: who is there, what they have selected, and the loop that answers each command.</summary>
internal sealed class ImapSession(ImapServerParts parts, ClientWire wire, Address client, SessionCounts sessions, string id, ILogger log) : IDisposable
{
    private const long UnflushedBytesMax = 64 << 10;

    private readonly long begun = parts.Ticks.GetTimestamp();
    private int errors;
    private bool over;

    /// <summary>Who has signed in.</summary>
    /// <param name="Mailbox">Whose mailbox.</param>
    /// <param name="Owner">Who changes it.</param>
    public sealed record SignedIn(MailboxId Mailbox, IMailboxGrain Owner);

    /// <summary>What the wait for the client brought.</summary>
    public enum Waited
    {
        /// <summary>A frame, see <see cref="Frame"/>.</summary>
        Frame,

        /// <summary>Somebody called <see cref="ClientWire.Wake"/>.</summary>
        Woken,

        /// <summary>The client took too long.</summary>
        Overdue,

        /// <summary>The server is going down.</summary>
        Stopping,

        /// <summary>The client is gone.</summary>
        HungUp,
    }

    public ImapServerParts Parts { get; } = parts;

    public ImapServerLimits Limits => Parts.Limits;

    public ClientWire Wire { get; } = wire;

    /// <summary>Where answers are written.</summary>
    public ImapWriter Writer => new(Wire.Output);

    public ImapFramer Framer { get; } = new(parts.Limits.Syntax);

    /// <summary>What the framer found last.</summary>
    public ImapFrame Frame { get; private set; }

    public Address Client { get; } = client;

    /// <summary>For the log.</summary>
    public string Id { get; } = id;

    public ILogger Log { get; } = log;

    /// <summary>Who has signed in; <see langword="null"/> before.</summary>
    public SignedIn? Account { get; private set; }

    /// <summary>The selected folder; <see langword="null"/> for none.</summary>
    public SelectedFolder? Selected { get; set; }

    /// <summary>Whether the client knows of mod-sequences (RFC 7162 §3.1).</summary>
    public bool CondStore { get; set; }

    /// <summary>Passwords that were refused.</summary>
    public int SignInsRefused { get; set; }

    /// <summary>Whether a password may be sent: under TLS, or where nobody listens.</summary>
    public bool TakesPasswords => Wire.Tls is not null || Parts.AllowsPlain || System.Net.IPAddress.IsLoopback(Client.ToIPAddress());

    /// <summary>Greets, then answers until one side has had enough.</summary>
    public async Task RunAsync()
    {
        Writer.Reply(ImapReply.Ok($"{Parts.HostName} is ready", new ResponseCode.Capability(Capabilities.Of(this))));
        while (!over)
        {
            switch (await NextAsync())
            {
                // A client that is never at a loss for a command would hold up the stop.
                case Waited.Frame when Wire.Stopping:
                    Bye(Waited.Stopping);
                    break;
                case Waited.Frame when Account is { } account && Parts.Use?.Invoke(account.Mailbox) == false:
                    Bye("The mailbox is not open any more; ask our support");
                    break;
                case Waited.Frame:
                    await AnswerAsync();
                    break;
                case Waited.HungUp:
                    await Wire.FlushAsync();
                    return;
                case var waited:
                    Bye(waited);
                    break;
            }
        }

        await Wire.CloseAsync();
    }

    /// <summary>Says that the connection ends because of how a wait ended.</summary>
    public void Bye(Waited waited) => Bye(waited switch
    {
        Waited.Stopping => "The server is going down",
        _ => Account is null ? "You took too long to sign in" : "You were idle for too long",
    });

    /// <summary>Waits for the client.</summary>
    /// <param name="plainLine">Whether a line is expected that is no command.</param>
    /// <param name="idle">Whether the wait ends when somebody calls <see cref="ClientWire.Wake"/>.</param>
    public async ValueTask<Waited> NextAsync(bool plainLine = false, bool idle = false)
    {
        while (true)
        {
            var result = await Wire.ReadAsync(Patience(plainLine));
            var buffer = result.Buffer;
            Frame = Framer.Next(ref buffer, plainLine);
            Wire.AdvanceTo(buffer.Start);
            if (Frame != ImapFrame.NeedMore)
                return Waited.Frame;
            if (result.IsCompleted)
                return Waited.HungUp;
            if (Wire.Stopping)
                return Waited.Stopping;
            if (Wire.Overdue || (Account is null && SignInLeft() <= TimeSpan.Zero))
                return Waited.Overdue;
            if (result.IsCanceled && idle)
                return Waited.Woken;
        }
    }

    /// <summary>Sends what is written when that is much: a client that reads slowly must not pile it up here.</summary>
    public ValueTask FlushIfMuchAsync() => Wire.Output.UnflushedBytes > UnflushedBytesMax ? Wire.FlushAsync() : ValueTask.CompletedTask;

    /// <summary>The mailbox as it is now.</summary>
    /// <exception cref="KeyNotFoundException">It is gone.</exception>
    public async ValueTask<MailboxView> ViewAsync()
    {
        var (mailbox, owner) = Account!;
        if (Parts.Board.Find(mailbox) is { } view)
            return view;
        await owner.OpenAsync();
        return Parts.Board.Find(mailbox) ?? throw new KeyNotFoundException($"Mailbox {mailbox} does not come up.");
    }

    /// <summary>The selected folder as it is now; <see langword="null"/> when it is gone, or is not the one that was selected.</summary>
    public async ValueTask<FolderView?> SelectedViewAsync()
    {
        var view = await ViewAsync();
        return view.Find(Selected!.Id) is { } folder && folder.UidValidity == Selected.UidValidity ? folder : null;
    }

    /// <summary>The client has shown who it is.</summary>
    /// <returns><see langword="false"/> when the mailbox has as many sessions from there as it may.</returns>
    public bool TrySignIn(MailboxId mailbox)
    {
        if (!sessions.TryEnter(mailbox, Client))
            return false;
        Account = new SignedIn(mailbox, Parts.Grains.GetGrain<IMailboxGrain>(mailbox.Value));
        Framer.SignedIn = true;
        return true;
    }

    /// <summary>From now on the client is told of mod-sequences; it hears at once where they stand (RFC 7162 §3.1.2.1).</summary>
    public void EnableCondStore(FolderView? selected)
    {
        if (!CondStore && selected is not null)
            Writer.Reply(ImapReply.Ok("Noted", new ResponseCode.HighestModSeq(selected.HighestModSeq)));
        CondStore = true;
    }

    /// <summary>Refuses the literal that was announced; the connection closes if it is too large to be thrown away.</summary>
    public ImapReply Refuse(ImapReply answer)
    {
        if (!Framer.TryRefuse())
            Bye("That is more than anyone reads");
        return answer;
    }

    /// <summary>The connection ends with what is being said.</summary>
    public void Bye(string why)
    {
        Writer.Reply(ImapReply.Bye(why));
        over = true;
    }

    public void Dispose()
    {
        if (Account is { } account)
            sessions.Leave(account.Mailbox, Client);
    }

    private async ValueTask AnswerAsync()
    {
        switch (Frame)
        {
            case ImapFrame.Command:
                await AnswerAsync(ImapParser.Parse(Framer.Text, Limits.Syntax));
                break;
            case ImapFrame.Literal:
                await AnswerLiteralAsync();
                break;
            case ImapFrame.TooLong:
                Reply(ImapParser.TagOf(Framer.Text, Limits.Syntax), ImapReply.Bad("Command too long"));
                break;
            case ImapFrame.BareLineFeed:
                Reply("*", ImapReply.Bad("Lines end in CR LF"));
                break;
            default:
                Bye("That is more than anyone reads");
                break;
        }
    }

    private async ValueTask AnswerLiteralAsync()
    {
        switch (ImapParser.UseOfLiteral(Framer.Text, Limits.Syntax, out var command))
        {
            case LiteralUse.Message:
                await AnswerAsync(command!);
                break;
            case LiteralUse.None:
                // Whatever it asks for, the rest of it is on its way: it is not carried out.
                var bad = command is ImapCommand.Malformed or ImapCommand.Unknown ? Dispatch.Refusal(command) : ImapReply.Bad("Literal out of place");
                Reply(command!.Tag, Refuse(bad));
                break;
            default:
                var tag = ImapParser.TagOf(Framer.Text, Limits.Syntax);
                var waits = Framer.LiteralWaits;
                if (!Framer.TryGather())
                    Reply(tag, Refuse(ImapReply.Bad("Literal too large")));
                else if (waits)
                    Writer.Continue("Go on"u8);
                break;
        }
    }

    private async ValueTask AnswerAsync(ImapCommand command)
    {
        try
        {
            var reply = await Dispatch.HandleAsync(this, command);
            var isTold = over || reply is null or { Condition: ImapCondition.Bad } || Selected is null
                || await FolderNews.TellAsync(this, FolderNews.AllowedAfter(command), Dispatch.ByUid(command));
            if (Selected is { } selected && command is ImapCommand.Noop or ImapCommand.Check)
                selected.ToldInPassing = false;
            if (reply is not null)
                Reply(command.Tag, reply);
            if (!isTold)
            {
                Log.ImapFolderGone(Id, $"{Account!.Mailbox}");
                Bye("The selected folder is gone");
            }
        }
        catch (KeyNotFoundException)
        {
            Log.ImapFolderGone(Id, $"{Account?.Mailbox}");
            Bye("The mailbox is gone");
        }
        catch (Exception e) when (e is not IOException and not OperationCanceledException and not AuthenticationException)
        {
            // Half of a message may have been read: there is no going on from there.
            Log.ImapCommandFailed(e, Id, command.GetType().Name);
            if (command is ImapCommand.Append && !over)
                Bye("Something went wrong");
            Reply(command.Tag, Replies.ServerBug);
        }
    }

    private void Reply(string tag, ImapReply reply)
    {
        Writer.Reply(tag, reply);
        if (reply.Condition != ImapCondition.Bad)
        {
            errors = 0;
            return;
        }

        Log.ImapBadCommand(Id, reply.Text);
        if (++errors >= Limits.ErrorsMax && !over)
            Bye("Too many bad commands");
    }

    private TimeSpan Patience(bool plainLine)
    {
        var wait = plainLine || Framer.IsBetweenCommands ? Limits.IdleTimeout : Limits.DataTimeout;
        return Account is null && SignInLeft() < wait ? SignInLeft() : wait;
    }

    private TimeSpan SignInLeft() => Limits.SignInTimeout - Parts.Ticks.GetElapsedTime(begun);
}
