using System.Globalization;
using Mailreeve.Policy.Blocks;

namespace Mailreeve.AbuseDesk.Desk;

/// <summary>Names a mailbox or a service in a form where a person chooses one.</summary>
public static class SuspensionPick
{
    /// <summary>For example "mailbox-12" or "service-7".</summary>
    public static string Of(SuspensionTarget target) => target switch
    {
        SuspensionTarget.OfMailbox mailbox => string.Create(CultureInfo.InvariantCulture, $"mailbox-{mailbox.Id.Value}"),
        SuspensionTarget.OfService service => string.Create(CultureInfo.InvariantCulture, $"service-{service.Service.Id}"),
        _ => throw new System.Diagnostics.UnreachableException($"No name for {target.GetType().Name}."),
    };
}
