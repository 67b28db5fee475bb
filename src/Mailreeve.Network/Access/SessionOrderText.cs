using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.Network.Access;

/// <summary>Says what became of the sessions of a blocked address.</summary>
public static class SessionOrderText
{
    /// <summary>One sentence.</summary>
    public static string Of(SessionOrder order)
    {
        var whole = order.IsLift != 0 ? "to be as before" : order.Action == SessionAction.Change ? "to be changed" : "to be ended";
        return $"radius {order.Nas}: session {order.Session} of {order.Prefix} {whole}: {StateOf(order)}";
    }

    private static string StateOf(SessionOrder order) => order.State switch
    {
        SessionOrderState.Waiting => "not asked yet",
        SessionOrderState.Acknowledged when order.Action == SessionAction.Change => $"acknowledged {At(order.AskedAt)}, which is all that can be known",
        SessionOrderState.Acknowledged => $"acknowledged {At(order.AskedAt)}, but no Accounting-Stop yet",
        SessionOrderState.Refused => $"refused {At(order.AskedAt)}: {order.Detail}",
        SessionOrderState.Unanswered => $"no answer, asked {order.Attempts} time(s), last {At(order.AskedAt)}",
        SessionOrderState.Done => order.ProvenAt is { } proven ? $"over {At(proven)}: {order.Detail}" : $"over: {order.Detail}",
        SessionOrderState.Dropped when order.IsLift != 0 => "not done, another block is in force",
        SessionOrderState.Dropped => "not done, the block was over before",
        _ => $"given up: {order.Detail}",
    };

    private static string At(Instant? at) => $"{at:uuuu-MM-dd HH:mm:ss}";
}
