using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Protocols.Smtp.Client;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Outbound.Client;

/// <summary>
/// A connection to one address of one host, over which any number of messages can go, one after the other. Made by
/// <see cref="SmtpDialler"/>; not to be used by two at once.
/// Standards: RFC 5321, RFC 1870, RFC 2920, RFC 3207, RFC 3461, RFC 4954, RFC 6152, RFC 6531. Limits: <see cref="ClientTimes"/>,
/// <see cref="ReplyReader"/>. Diagnostics: the reply in each outcome.
/// </summary>
public sealed class SmtpClientConnection : IAsyncDisposable
{
    private readonly ServerWire wire;
    private readonly ClientTimes times;
    private readonly DialTarget target;
    private bool isOver;
    private bool needsReset;

    private SmtpClientConnection(ServerWire wire, ClientTimes times, DialTarget target) => (this.wire, this.times, this.target) = (wire, times, target);

    /// <summary>What the server can.</summary>
    public ServerExtensions Server { get; private set; } = ServerExtensions.None;

    /// <summary>TLS version and cipher; <see langword="null"/> when the connection is plain.</summary>
    public string? Tls => wire.Tls;

    /// <summary>
    /// Whether a message can be sent on it: the server has neither hung up nor said anything since it was last used. It may do so in the
    /// next moment; see <see cref="TransmissionResult.Unheard"/>.
    /// </summary>
    public bool IsUsable => !isOver && !wire.HasStirred;

    /// <summary>Sends a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="stop">
    /// Ends the connection at once. Recipients for whom the final dot was not sent are to be tried later, the others are in doubt.
    /// </param>
    public async Task<TransmissionResult> SendAsync(Transmission message, CancellationToken stop)
    {
        using var _ = wire.StopWith(stop);
        var transaction = new Transaction(wire, Server, times, message);
        var result = await transaction.RunAsync(needsReset);
        (isOver, needsReset) = (isOver || transaction.IsOver, transaction.NeedsReset);
        wire.Rest();
        return result;
    }

    /// <summary>Says good-bye, if there is someone to say it to, and closes the connection.</summary>
    public async ValueTask QuitAsync(CancellationToken stop)
    {
        if (!isOver)
        {
            try
            {
                using var _ = wire.StopWith(stop);
                ClientCommands.Write(wire, "QUIT\r\n"u8);
                await wire.FlushAsync(times.Quit);
                await wire.ReplyAsync(times.Quit);
                await wire.ShutDownAsync();
            }
            catch (Exception e) when (IsLoss(e))
            {
                // What they took is theirs; what becomes of the good-bye does not matter.
            }
        }

        await DisposeAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        isOver = true;
        return wire.DisposeAsync();
    }

    /// <summary>Greets the server on a connection that stands, and makes it as secure as is demanded.</summary>
    /// <param name="socket">The connection; the result owns it.</param>
    /// <param name="target">Whom we speak to, and what is demanded.</param>
    /// <param name="plain">Whether to speak in the clear although TLS is offered: the handshake has failed before.</param>
    /// <param name="dialler">Time, names and trust.</param>
    /// <param name="stop">Ends it.</param>
    internal static async Task<Dialled> OpenAsync(Socket socket, DialTarget target, bool plain, SmtpDialler dialler, CancellationToken stop)
    {
        var connection = new SmtpClientConnection(new ServerWire(socket, dialler.Ticks), dialler.Times, target);
        try
        {
            using var _ = connection.wire.StopWith(stop);
            var tls = await connection.GreetAsync(dialler, plain);
            connection.wire.Rest();
            return new Dialled.Open(connection, tls);
        }
        catch (TurnedAwayException e)
        {
            await connection.QuitAsync(CancellationToken.None);
            return new Dialled.Failed(new DeliveryOutcome.NoContact(e.Message), e.Tls, e.HandshakeFailed);
        }
        catch (Exception e) when (IsLoss(e))
        {
            await connection.DisposeAsync();
            return new Dialled.Failed(new DeliveryOutcome.NoContact($"451 4.4.2 The conversation with {target.Host} broke off: {e.Message}"), Tls: null);
        }
    }

    private async Task<TlsSession> GreetAsync(SmtpDialler dialler, bool plain)
    {
        var handshake = new Handshake(target, dialler.Roots, dialler.Ticks);
        if (target.ImplicitTls)
            await SecureAsync(handshake);
        await ExpectAsync(dialler.Times.Greeting);
        await HelloAsync(dialler.OwnName);
        if (!target.ImplicitTls)
            await StartTlsAsync(handshake, dialler.OwnName, plain);
        if (target.User is not null)
            await SignInAsync(target.User, target.Password ?? "");
        return new TlsSession(target.Tls, wire.Tls, handshake.Finding);
    }

    private async ValueTask HelloAsync(string ownName)
    {
        ClientCommands.Ehlo(wire, ownName);
        await wire.FlushAsync(times.Command);
        var reply = await wire.ReplyAsync(times.Command);
        if (reply.IsDone)
        {
            Server = ServerExtensions.Read(reply);
            return;
        }

        // It knows no EHLO (500, 502), or does not like something about it; HELO is the last word (RFC 5321 §3.2).
        if (!reply.IsNever)
            throw new TurnedAwayException($"{reply}");
        ClientCommands.Helo(wire, ownName);
        await wire.FlushAsync(times.Command);
        await ExpectAsync(times.Command);
        Server = ServerExtensions.None;
    }

    private async ValueTask StartTlsAsync(Handshake handshake, string ownName, bool plain)
    {
        if (plain)
        {
            handshake.Failed(TlsResultType.ValidationFailure);
            return;
        }

        var isDemanded = target.Tls is not TlsDecision.Opportunistic;
        if (Server.StartTls)
        {
            ClientCommands.Write(wire, "STARTTLS\r\n"u8);
            await wire.FlushAsync(times.Command);
            var reply = await wire.ReplyAsync(times.Command);
            if (reply.Closes)
                throw new TurnedAwayException($"{reply}");
            if (reply.IsDone)
            {
                await SecureAsync(handshake);
                await HelloAsync(ownName);
                return;
            }
        }

        handshake.Failed(TlsResultType.StarttlsNotSupported);
        if (isDemanded)
            throw new TurnedAwayException($"454 4.7.4 {target.Host} does not offer STARTTLS. {target.Tls.Reason}", handshake.Session(null));
    }

    private async ValueTask SecureAsync(Handshake handshake)
    {
        try
        {
            await wire.SecureAsync(handshake.Options(), times.Handshake);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or TimeoutException)
        {
            isOver = true;
            var finding = handshake.Finding ?? TlsResultType.ValidationFailure;
            handshake.Failed(finding);
            var why = finding == TlsResultType.ValidationFailure ? e.InnerException?.Message ?? e.Message : finding.Word();
            throw new TurnedAwayException($"454 4.7.5 TLS with {target.Host} failed: {why}. {target.Tls.Reason}", handshake.Session(null), true);
        }
    }

    // AUTH PLAIN with its initial response, LOGIN where there is nothing else (RFC 4954 §4). Never in the clear.
    private async ValueTask SignInAsync(string user, string password)
    {
        if (wire.Tls is null)
            throw new TurnedAwayException("454 4.7.0 A password is only sent under TLS");
        if (Server.AuthPlain)
        {
            ClientCommands.Write(wire, "AUTH PLAIN "u8);
            WriteSecret($"\0{user}\0{password}");
        }
        else if (Server.AuthLogin)
        {
            ClientCommands.Write(wire, "AUTH LOGIN\r\n"u8);
            await ChallengeAsync();
            WriteSecret(user);
            await ChallengeAsync();
            WriteSecret(password);
        }
        else
        {
            throw new TurnedAwayException($"454 4.7.0 {target.Host} offers no way to sign in that we know");
        }

        await wire.FlushAsync(times.Command);
        var reply = await wire.ReplyAsync(times.Command);
        // Our password is wrong, not the message: someone will correct it.
        if (!reply.IsDone)
            throw new TurnedAwayException($"454 4.7.0 {target.Host} does not know us: {reply}");
    }

    private async ValueTask ChallengeAsync()
    {
        await wire.FlushAsync(times.Command);
        var reply = await wire.ReplyAsync(times.Command);
        if (!reply.IsGoOn)
            throw new TurnedAwayException($"454 4.7.0 {target.Host} does not know us: {reply}");
    }

    private void WriteSecret(string text) =>
        ClientCommands.Write(wire, Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) + "\r\n"));

    private async ValueTask ExpectAsync(TimeSpan within)
    {
        var reply = await wire.ReplyAsync(within);
        if (!reply.IsDone)
            throw new TurnedAwayException($"{reply}");
    }

    private static bool IsLoss(Exception e) =>
        e is IOException or SocketException or InvalidDataException or TimeoutException or OperationCanceledException;

    private sealed class TurnedAwayException(string reply, TlsSession? tls = null, bool handshakeFailed = false) : Exception(reply)
    {
        public TlsSession? Tls => tls;

        public bool HandshakeFailed => handshakeFailed;
    }
}
