using System.Diagnostics;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Storage;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Network.Who;

/// <summary>Writes who had an address for programs: the same for the command and for the API. Its fields are a promise to others.</summary>
public static class WhoJson
{
    /// <summary>An object for the serializer.</summary>
    public static object Of(WhoFinding finding) => new
    {
        address = $"{finding.Question.Address}",
        port = finding.Question.Port,
        from = At(finding.Question.Window.Start),
        to = At(finding.Question.Window.End),
        knownAt = finding.KnownAt is { } known ? At(known) : null,
        verdict = WhoRules.Word(finding.Answer.Verdict),
        chain = finding.Chain.Select(Of),
        possible = finding.Possible.Select(Of),
        grounds = finding.Answer.Grounds.Select(Of),
        why = finding.Answer.Why,
    };

    private static object Of(CustomerFact customer) => new { regNumber = customer.RegNumber, name = customer.Name };

    private static object Of(WhoGround ground) => ground switch
    {
        WhoGround.BySession { Session: var s } => new
        {
            kind = "session",
            id = s.Id,
            source = EnumText.Of(s.Source),
            nas = s.Nas,
            session = s.Session,
            login = s.Login,
            station = s.Station,
            prefix = $"{s.Prefix}",
            firstPort = s.FirstPort,
            lastPort = s.LastPort,
            startedAt = At(s.StartedAt),
            seenAt = At(s.SeenAt),
            endedAt = s.EndedAt is { } ended ? At(ended) : null,
            end = s.End is { } end ? EnumText.Of(end) : null,
        },
        WhoGround.ByAssignment { Assignment: var a } => new
        {
            kind = "assignment",
            id = a.Id,
            prefix = $"{a.Prefix}",
            validFrom = At(a.ValidFrom),
            validTo = a.ValidTo is { } to ? At(to) : null,
        },
        WhoGround.ByMapping { Mapping: var m } => new { kind = "translation", inside = $"{m.Inside}", firstPort = m.FirstPort, lastPort = m.LastPort },
        _ => throw new UnreachableException($"No JSON for {ground.GetType().Name}."),
    };

    private static string At(Instant at) => InstantPattern.General.Format(at);
}
