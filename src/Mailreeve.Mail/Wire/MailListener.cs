using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mailreeve.Mail.Wire;

/// <summary>Adds a mail protocol to Kestrel.</summary>
internal static class MailListener
{
    /// <summary>Listens for a protocol there.</summary>
    /// <param name="options">Of the host's Kestrel.</param>
    /// <param name="endPoint">Where; port 0 for any. An address, or the path of a Unix socket.</param>
    /// <param name="problems">What is wrong with the protocol's parts.</param>
    /// <param name="handlerWith">Makes what talks to clients, with its log.</param>
    /// <exception cref="ArgumentException">Something is wrong; the message names all of it.</exception>
    public static void Listen<THandler>(
        KestrelServerOptions options, EndPoint endPoint, IEnumerable<ConfigProblem> problems, Func<ILogger<THandler>, THandler> handlerWith)
        where THandler : ConnectionHandler
    {
        var wrong = string.Join(' ', problems.Select(p => $"{p.Key}: {p.Reason}"));
        if (wrong.Length > 0)
            throw new ArgumentException(wrong, nameof(problems));

        var handler = handlerWith(options.ApplicationServices.GetRequiredService<ILogger<THandler>>());
        options.Listen(endPoint, listen =>
        {
            // Without this Kestrel would keep HTTP's ALPN and its own protocol on top.
            listen.Protocols = HttpProtocols.None;
            listen.Run(handler.OnConnectedAsync);
        });
    }
}
