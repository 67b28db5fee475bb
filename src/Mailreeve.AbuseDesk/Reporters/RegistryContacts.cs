using System.Net;
using System.Net.Http.Headers;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Rdap;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.AbuseDesk.Reporters;

/// <summary>Asks the registries of addresses who takes complaints about one (RDAP: RFC 9082, RFC 9083; who is to be asked: RFC 9224).</summary>
/// <remarks>
/// Off unless configured. What was answered is kept; what was not is kept as well, for a shorter time. The client that is given must reach
/// nothing inside, and follow no redirection by itself; here three are followed, from https to https.
/// </remarks>
/// <param name="database">Where answers are kept.</param>
/// <param name="http">The client; null when nobody is to be asked.</param>
/// <param name="bootstrap">Where the lists of RFC 9224 are, with a slash at the end.</param>
/// <param name="clock">The time.</param>
/// <param name="log">The log.</param>
public sealed class RegistryContacts(Database database, HttpClient? http, Uri bootstrap, IClock clock, ILogger<RegistryContacts> log)
{
    /// <summary>Where IANA keeps the lists.</summary>
    public static readonly Uri Iana = new("https://data.iana.org/rdap/");

    /// <summary>Longest time for one request.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private const int RedirectsMax = 3;
    private const int BytesMax = 512 << 10;

    private static readonly Duration AnswersKept = Duration.FromDays(30);
    private static readonly Duration FailuresKept = Duration.FromDays(1);
    private static readonly Duration ListsKept = Duration.FromDays(7);

    /// <summary>The network around an address; null when nobody knows, or nobody is to be asked. Never throws because of what others do.</summary>
    public async Task<RdapNetwork?> FindAsync(Address address, CancellationToken stop)
    {
        if (http is null)
            return null;
        var now = clock.GetCurrentInstant();
        if (await database.ReadAsync(db => new RegistryStore(db).FindAsync(address, now - AnswersKept, stop), stop) is { } kept
            && (kept.AbuseMailbox is not null || kept.AskedAt > now - FailuresKept))
            return new RdapNetwork(kept.FirstAddress, kept.LastAddress, kept.Holder, kept.AbuseMailbox);

        var network = await AskAsync(address, now, stop) ?? new RdapNetwork(address, address, null, null);
        var row = new RegistryNetworkRow
        {
            FirstAddress = network.First,
            LastAddress = network.Last,
            Holder = network.Holder,
            AbuseMailbox = network.AbuseMailbox,
            AskedAt = now,
        };
        await database.WriteAsync(db => new RegistryStore(db).PutAsync(row, stop), stop);
        return network;
    }

    private async Task<RdapNetwork?> AskAsync(Address address, Instant now, CancellationToken stop)
    {
        try
        {
            var list = await ListAsync(address.IsIPv4 ? "ipv4.json" : "ipv6.json", now, stop);
            if (list is null || RdapBootstrap.ServerFor(list, address) is not { } server)
                return null;
            var answer = await GetAsync(new Uri(server, $"ip/{address}"), stop);
            return answer is null ? null : RdapNetwork.Read(answer, address);
        }
        catch (Exception e) when (!stop.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException)
        {
            log.RegistryFailed(e.GetType().Name, address.ToString());
            return null;
        }
    }

    private async Task<byte[]?> ListAsync(string name, Instant now, CancellationToken stop)
    {
        if (await database.ReadAsync(db => new RegistryStore(db).BootstrapAsync(name, now - ListsKept, stop), stop) is { } kept)
            return kept;
        if (await GetAsync(new Uri(bootstrap, name), stop) is not { } list)
            return null;
        await database.WriteAsync(db => new RegistryStore(db).PutBootstrapAsync(name, list, now, stop), stop);
        return list;
    }

    private async Task<byte[]?> GetAsync(Uri url, CancellationToken stop)
    {
        for (var hops = 0; hops <= RedirectsMax; hops++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/rdap+json"));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await http!.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            if (response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            {
                // A registry sends on to the one that knows (RFC 7480 §5.2).
                if (response.Headers.Location is not { } location || new Uri(url, location) is not { Scheme: "https" } next)
                    return null;
                url = next;
                continue;
            }

            return response.StatusCode == HttpStatusCode.OK ? await ReadAsync(response, stop) : null;
        }

        return null;
    }

    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        // The client's own time ends with the header.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Timeout);
        await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
        using var bytes = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (await body.ReadAsync(buffer, patience.Token) is > 0 and var count)
        {
            if (bytes.Length + count > BytesMax)
                return null;
            bytes.Write(buffer, 0, count);
        }

        return bytes.ToArray();
    }
}
