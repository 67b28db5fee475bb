using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Files;

namespace Mailreeve.Policy.Blocks;

/// <summary>What a block suspends that is no address and no name: a mailbox of ours, or one service of a customer (C6).</summary>
public abstract record SuspensionTarget
{
    private SuspensionTarget()
    {
    }

    /// <summary>Whose it is.</summary>
    public abstract CustomerId Customer { get; }

    /// <summary>A mailbox: mail to it and from it is refused, and its owner reads what is there.</summary>
    /// <param name="Id">The mailbox.</param>
    /// <param name="Holder">Whose it is.</param>
    /// <param name="Address">Its own address.</param>
    public sealed record OfMailbox(MailboxId Id, CustomerId Holder, string Address) : SuspensionTarget
    {
        /// <inheritdoc/>
        public override CustomerId Customer => Holder;

        /// <inheritdoc/>
        public override string ToString() => $"mailbox {Address}";
    }

    /// <summary>A service.</summary>
    public sealed record OfService(Service Service) : SuspensionTarget
    {
        /// <inheritdoc/>
        public override CustomerId Customer => Service.Customer;

        /// <inheritdoc/>
        public override string ToString() => ServiceWords.Of(Service.Kind, Service.Name);
    }
}

/// <summary>Names a service, as it stands in a sentence and as it is typed.</summary>
public static class ServiceWords
{
    /// <summary>For example "service web-hosting/shop.example".</summary>
    public static string Of(ServiceKind kind, string name) => $"service {Typed(kind, name)}";

    /// <summary>For example "web-hosting/shop.example"; a service that has the name of its kind is named once.</summary>
    public static string Typed(ServiceKind kind, string name) => Words.Of(kind) == name ? name : $"{Words.Of(kind)}/{name}";
}
