using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Policy.Attribution;

/// <summary>What an answer rests on, in words for operators.</summary>
public static class WhoWords
{
    /// <summary>One line.</summary>
    public static string Of(WhoGround ground) => ground switch
    {
        WhoGround.ByAssignment { Assignment: var a } => string.Create(
            CultureInfo.InvariantCulture, $"assignment {a.Id}: {a.Prefix} to customer {a.Customer} from {At(a.ValidFrom)} {(a.ValidTo is { } to ? $"until {At(to)}" : "until now")}"),
        WhoGround.ByMapping { Mapping: var m } by => string.Create(
            CultureInfo.InvariantCulture, $"deterministic translation: ports {m.FirstPort}–{m.LastPort} of {by.Outside} are {m.Inside}'s"),
        WhoGround.BySession by => Of(by.Session),
        _ => throw new System.Diagnostics.UnreachableException($"No words for {ground.GetType().Name}."),
    };

    /// <summary>A session.</summary>
    public static string Of(AddressSession session)
    {
        var what = session.Source switch
        {
            SessionSource.Radius => "session",
            SessionSource.Dhcp => "lease",
            _ => "port block",
        };
        var ports = session.IsShared ? string.Create(CultureInfo.InvariantCulture, $" ports {session.FirstPort}–{session.LastPort}") : "";
        var who = session.Login ?? session.Station ?? "an unknown name";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what} {session.Id} ({session.Session} of {session.Nas}): {session.Prefix}{ports} to '{who}' from {At(session.StartedAt)} {EndOf(session)}");
    }

    private static string EndOf(AddressSession session) => session.End switch
    {
        null => session.ExpectedBy is null ? "until now" : $"on, last heard of at {At(session.SeenAt)}",
        SessionEnd.Stopped => $"until {At(session.EndedAt!.Value)}",
        SessionEnd.Expired => $"until it ran out at {At(session.EndedAt!.Value)}",
        SessionEnd.Lost => $"until some time from {At(session.SeenAt)} to {At(session.EndedAt!.Value)}: its end was never reported",
        SessionEnd.Replaced => $"until some time from {At(session.SeenAt)} to {At(session.EndedAt!.Value)}, when the address was given out again",
        _ => $"until some time from {At(session.SeenAt)} to {At(session.EndedAt!.Value)}, when its server began anew",
    };

    private static string At(Instant at) => InstantPattern.General.Format(at);
}
