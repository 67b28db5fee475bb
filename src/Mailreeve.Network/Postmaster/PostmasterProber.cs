using System.Net;
using System.Net.Sockets;
using System.Text;
using Mailreeve.Network.Relay;
using Mailreeve.Policy.Postmaster;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Network.Postmaster;

/// <summary>Asks the mail servers of a domain whether they take mail for postmaster (RFC 5321 §4.5.1). No message is sent.</summary>
/// <param name="ask">Asks the DNS.</param>
/// <param name="dial">Connects to a host; throws <see cref="SocketException"/>.</param>
/// <param name="ownName">Our name; a domain whose first MX that is has its mail here.</param>
/// <param name="sender">A mailbox of ours, as the real sender.</param>
/// <param name="replyWithin">Longest wait for a reply.</param>
public sealed class PostmasterProber(AskDns ask, Func<IPEndPoint, CancellationToken, Task<Socket>> dial, string ownName, string sender, TimeSpan replyWithin)
{
    private const int HostsMax = 5;
    private const int AddressesMax = 8;

    /// <summary>The port that is asked.</summary>
    public int Port { get; init; } = 25;

    /// <summary>Longest time for all servers of a domain: others wait meanwhile. Default 3 minutes.</summary>
    public TimeSpan AtMost { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Asks.</summary>
    public async Task<PostmasterProbing> RunAsync(string domain, CancellationToken stop)
    {
        var said = new StringBuilder();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AtMost);
        try
        {
            return await RunAsync(domain, said, limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new PostmasterProbing(PostmasterFinding.PutOff, "It took too long.", said.ToString());
        }
    }

    private async Task<PostmasterProbing> RunAsync(string domain, StringBuilder said, CancellationToken stop)
    {
        var mx = await ask(domain, DnsType.Mx, stop);
        if (mx.Outcome == DnsOutcome.Failed)
            return new PostmasterProbing(PostmasterFinding.PutOff, "The name servers of the domain do not answer.", "");
        // RFC 7505: a single MX that is the root takes no mail. Without any MX the domain itself is the host (RFC 5321 §5.1).
        if (mx.Names is [""] or ["."])
            return new PostmasterProbing(PostmasterFinding.NoMail, "The domain says that it takes no mail (null MX).", "");
        string[] hosts = mx.Names.IsEmpty ? [domain] : [.. mx.Names.Take(HostsMax)];
        if (hosts[0].Equals(ownName, StringComparison.OrdinalIgnoreCase))
            return new PostmasterProbing(PostmasterFinding.NoMail, "Its mail comes to us.", "");
        var (addresses, isSure) = await AddressesAsync(hosts, stop);
        if (addresses.Count == 0)
        {
            return !isSure ? new PostmasterProbing(PostmasterFinding.PutOff, "The addresses of its mail servers could not be found.", "")
                : mx.Names.IsEmpty ? new PostmasterProbing(PostmasterFinding.NoMail, "The domain has no mail server.", "")
                : new PostmasterProbing(PostmasterFinding.Refuses, $"None of its mail servers has an address: {string.Join(", ", hosts)}.", "");
        }

        foreach (var address in addresses)
        {
            if (await AskAsync(domain, address, said, stop) is { } replies)
                return new PostmasterProbing(PostmasterRules.OfReplies(replies), $"{address}: {Words(domain, replies)}", said.ToString());
        }

        return new PostmasterProbing(PostmasterFinding.PutOff, "None of its mail servers talks to us.", said.ToString());
    }

    private async Task<(List<Address> Addresses, bool IsSure)> AddressesAsync(string[] hosts, CancellationToken stop)
    {
        var addresses = new List<Address>();
        var isSure = true;
        foreach (var host in hosts)
        {
            foreach (var type in new[] { DnsType.A, DnsType.Aaaa })
            {
                var answer = await ask(host, type, stop);
                isSure &= answer.Outcome != DnsOutcome.Failed;
                addresses.AddRange(answer.Addresses);
            }
        }

        return ([.. addresses.Distinct().Take(AddressesMax)], isSure);
    }

    // Null: this one does not talk to us; the next may.
    private async Task<IReadOnlyList<int?>?> AskAsync(string domain, Address address, StringBuilder said, CancellationToken stop)
    {
        said.Append("(connecting to ").Append(address).Append(")\n");
        try
        {
            var socket = await dial(new IPEndPoint(address.ToIPAddress(), Port), stop);
            await using var line = await RelayLine.BeginAsync(socket, underTls: false, replyWithin, stop);
            try
            {
                if (await line.ReplyAsync(stop) is not { IsDone: true } || await line.SayAsync($"EHLO {ownName}", stop) is not { IsDone: true })
                    return null;
                var replies = new List<int?>();
                foreach (var probe in PostmasterRules.ProbesOf(domain, sender))
                {
                    replies.Add(line.IsClosed ? null : await AskAsync(line, probe, stop));
                    if (!line.IsClosed)
                        await line.SayAsync("RSET", stop);
                }

                if (!line.IsClosed)
                    await line.SayAsync("QUIT", stop);
                return replies;
            }
            finally
            {
                said.Append(line.TakeTranscript());
            }
        }
        catch (Exception e) when (e is SocketException or IOException or TimeoutException)
        {
            said.Append('(').Append(e.Message).Append(")\n");
            return null;
        }
    }

    private static async Task<int?> AskAsync(RelayLine line, PostmasterProbe probe, CancellationToken stop)
    {
        var mail = await line.SayAsync($"MAIL FROM:<{probe.From}>", stop);
        return mail is { IsDone: true } ? (await line.SayAsync($"RCPT TO:<{probe.To}>", stop))?.Code : mail?.Code;
    }

    private string Words(string domain, IReadOnlyList<int?> replies) => string.Join(
        ", ", PostmasterRules.ProbesOf(domain, sender).Select((p, i) => $"<{p.To}> from <{p.From}> {(replies[i] is { } code ? $"{code}" : "no reply")}"));
}

/// <summary>What asking has shown.</summary>
/// <param name="Finding">The result.</param>
/// <param name="Detail">It in words.</param>
/// <param name="Transcript">What was said.</param>
public sealed record PostmasterProbing(PostmasterFinding Finding, string Detail, string Transcript);
