using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Radius;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Network.Who;

/// <summary>What an Accounting-Request says about a session here: when by a clock that can be believed, and of which customer.</summary>
internal static class AccountingNews
{
    // A clock that is off by more than this, or a message that was kept for longer, says nothing about when.
    private static readonly Duration FutureMost = Duration.FromMinutes(5);
    private static readonly Duration PastMost = Duration.FromDays(31);

    /// <summary>The news.</summary>
    /// <param name="request">What was said.</param>
    /// <param name="client">By whom.</param>
    /// <param name="directory">Whose login is whose.</param>
    /// <param name="receivedAt">When it came.</param>
    public static SessionNews Of(AccountingRequest request, RadiusClient client, Directory directory, Instant receivedAt)
    {
        // Under the client's own name: who has one server's secret cannot end the sessions of another.
        var nas = request.Nas is null ? client.Name : $"{client.Name}/{request.Nas}";
        var at = request.EventAt is { } said && said <= receivedAt + FutureMost && said >= receivedAt - PastMost
            ? said
            : receivedAt - Duration.Min(request.Delay, PastMost);
        if (request.Status is AccountingStatus.On or AccountingStatus.Off)
            return new SessionNews.Restart { Source = SessionSource.Radius, Nas = nas, At = at };

        var login = AccessName.Normalise(request.UserName);
        var station = AccessName.Normalise(request.CallingStation);
        var service = (login is null ? null : directory.Logins.GetValueOrDefault(login)) ?? (station is null ? null : directory.Logins.GetValueOrDefault(station));
        return new SessionNews.Sighting
        {
            Source = SessionSource.Radius,
            Nas = nas,
            At = at,
            Kind = request.Status switch
            {
                AccountingStatus.Start => SightingKind.Start,
                AccountingStatus.Stop => SightingKind.Stop,
                _ => SightingKind.Alive,
            },
            Session = request.Session,
            StartedAt = request.Status == AccountingStatus.Start ? at : request.SessionTime is { } lasted ? at - Duration.Min(lasted, Duration.FromDays(3660)) : null,
            Login = login,
            Station = station,
            Customer = service?.Customer,
            Service = service?.Id,
            Prefixes = request.Prefixes,
            // Two of them may be lost on their way.
            ExpectedBy = request.Status != AccountingStatus.Stop && client.InterimEvery is { } interval ? at + (interval * 3) : null,
        };
    }
}
