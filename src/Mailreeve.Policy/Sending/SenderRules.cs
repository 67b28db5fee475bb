namespace Mailreeve.Policy.Sending;

/// <summary>Whether an address may stand as the sender of what somebody hands in (C2). Pure.</summary>
public static class SenderRules
{
    /// <summary>Whether it is theirs.</summary>
    /// <remarks>
    /// A mailbox writes under its own address, its aliases, and either with <c>+something</c>; the one that takes what nobody else in a
    /// customer's domain takes writes under those addresses, too. A customer's own server writes under any name in the customer's domains.
    /// </remarks>
    public static bool IsTheirs(SenderFacts facts)
    {
        if (facts.Login is not { } login)
            return facts.DomainOf == facts.Customer;
        if (facts.HeldBy is { } holder)
            return holder == login;
        return facts.CatchAll == login && facts.DomainOf == facts.Customer;
    }
}

/// <summary>What is known about an address that somebody writes under.</summary>
/// <param name="Customer">Who hands the message in.</param>
/// <param name="Login">The mailbox that they have signed in to; null for a customer's server, known by its address.</param>
public sealed record SenderFacts(CustomerId Customer, MailboxId? Login)
{
    /// <summary>The mailbox that the address is of, itself, by an alias, or with <c>+something</c> behind it; null for none.</summary>
    public MailboxId? HeldBy { get; init; }

    /// <summary>The mailbox that takes what nobody else in the domain takes; null for none.</summary>
    public MailboxId? CatchAll { get; init; }

    /// <summary>Whose domain it is; null when it is nobody's, or the provider's own.</summary>
    public CustomerId? DomainOf { get; init; }
}
