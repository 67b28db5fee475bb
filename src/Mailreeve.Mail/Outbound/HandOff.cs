using System.Net;
using System.Net.Sockets;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Outbound;

/// <summary>Opens a conversation with a host.</summary>
internal sealed class HandOff(OutboundOptions options, SmtpDialler dialler, TlsPolicies tls)
{
    /// <summary>To an MX, at one of its addresses, as secure as its domain demands.</summary>
    /// <returns>The conversation, or why there is none.</returns>
    public async Task<(Conversation?, DeliveryOutcome?)> ToExchangerAsync(
        DomainTls domain, Exchanger host, Address address, Address? source, CancellationToken stop)
    {
        var target = new DialTarget
        {
            Host = host.Name,
            Address = address,
            Port = options.ExchangerPort,
            Source = source,
            Tls = await tls.DecideAsync(domain, host, stop),
        };
        var dialled = await dialler.DialAsync(target, stop);
        tls.Count(domain, target, dialled);
        return Opened(host.Name, dialled);
    }

    /// <summary>To the smarthost, at the first of its addresses that answers.</summary>
    /// <returns>The conversation, or why there is none.</returns>
    public async Task<(Conversation?, DeliveryOutcome?)> ToSmarthostAsync(Smarthost host, CancellationToken stop)
    {
        TlsDecision demand = host.Tls == SmarthostTls.WhenOffered
            ? new TlsDecision.Opportunistic("The smarthost may be used in the clear")
            : new TlsDecision.Authority("The smarthost is only used under TLS", host.Host);
        DeliveryOutcome? why = new DeliveryOutcome.NoContact($"451 4.4.3 The smarthost {host.Host} has no address");
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
            (var open, why) = Opened(host.Host, await dialler.DialAsync(target, stop));
            if (open is not null)
                return (open, null);
        }

        return (null, why);
    }

    private static (Conversation?, DeliveryOutcome?) Opened(string host, Dialled dialled) => dialled is Dialled.Open open
        ? (new Conversation(host, open.Connection), null)
        : (null, ((Dialled.Failed)dialled).Outcome);

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
