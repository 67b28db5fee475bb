using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Smtp.Client;
using Mailreeve.Protocols.TlsPolicy;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Mail.Outbound;

/// <summary>Hands one message to one host, on a connection of its own.</summary>
internal sealed class HandOff(OutboundOptions options, SmtpDialler dialler, TlsPolicies tls)
{
    /// <summary>To an MX, at one of its addresses, as secure as its domain demands.</summary>
    public async Task<DeliveryOutcome> ToExchangerAsync(DueOutbound row, DomainTls domain, Exchanger host, Address address, CancellationToken stop)
    {
        var target = new DialTarget
        {
            Host = host.Name,
            Address = address,
            Port = options.ExchangerPort,
            Tls = await tls.DecideAsync(domain, host, stop),
        };
        var dialled = await dialler.DialAsync(target, stop);
        tls.Count(domain, target, dialled);
        return await SendAsync(row, dialled, stop);
    }

    /// <summary>To the smarthost, at the first of its addresses that answers.</summary>
    public async Task<DeliveryOutcome> ToSmarthostAsync(DueOutbound row, Smarthost host, CancellationToken stop)
    {
        TlsDecision demand = host.Tls == SmarthostTls.WhenOffered
            ? new TlsDecision.Opportunistic("The smarthost may be used in the clear")
            : new TlsDecision.Authority("The smarthost is only used under TLS", host.Host);
        DeliveryOutcome outcome = new DeliveryOutcome.NoContact($"451 4.4.3 The smarthost {host.Host} has no address");
        foreach (var address in await AddressesAsync(host.Host, stop))
        {
            var target = new DialTarget
            {
                Host = host.Host,
                Address = address,
                Port = host.Port,
                Tls = demand,
                ImplicitTls = host.Tls == SmarthostTls.Implicit,
                User = host.User,
                Password = host.Password,
            };
            outcome = await SendAsync(row, await dialler.DialAsync(target, stop), stop);
            if (outcome is not DeliveryOutcome.NoContact)
                break;
        }

        return outcome;
    }

    private static async Task<DeliveryOutcome> SendAsync(DueOutbound row, Dialled dialled, CancellationToken stop)
    {
        if (dialled is not Dialled.Open { Connection: var connection })
            return ((Dialled.Failed)dialled).Outcome;

        await using var _ = connection;
        var sender = row.EnvelopeFrom.Length == 0 ? null : Mailbox.ParseOrNull(row.EnvelopeFrom);
        if (Mailbox.ParseOrNull(row.Recipient) is not { } recipient || (sender is null && row.EnvelopeFrom.Length > 0))
            return new DeliveryOutcome.Refused("553 5.1.3 The sender or the recipient is no address");
        var message = new Transmission
        {
            From = sender,
            Recipients = [new RcptCommand { To = recipient }],
            Content = new ReadOnlySequence<byte>(row.Message),
        };
        var result = await connection.SendAsync(message, stop);
        await connection.QuitAsync(stop);
        return result.Outcomes[0];
    }

    private static async Task<IReadOnlyList<Address>> AddressesAsync(string host, CancellationToken stop)
    {
        if (Address.TryParse(host, out var literal))
            return [literal];
        try
        {
            return [.. (await Dns.GetHostAddressesAsync(host, stop)).Select(Address.From)];
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
