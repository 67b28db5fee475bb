namespace Mailreeve.Policy;

/// <summary>
/// What keeps a clause that no term and no ladder rests on. The list is closed: a policy file cannot claim a part of the
/// program that does not exist. A part that is added to the program is added here.
/// </summary>
public enum UpheldBy
{
    /// <summary>Nothing in the program does: the provider's people see to it.</summary>
    People,

    /// <summary>Cases: a breach is what a case is opened for.</summary>
    Cases,

    /// <summary>The customer tree and the services, addresses and domains assigned in it.</summary>
    Accounts,

    /// <summary>Contacts of customers, and notices that go from one to the next until one is accepted.</summary>
    Contacts,

    /// <summary>The customer's pages, where cases are read and answered.</summary>
    Portal,

    /// <summary>Signing in by registration number, and its lookup.</summary>
    SignIn,

    /// <summary>Role mailboxes that lead to the desk.</summary>
    RoleAddresses,

    /// <summary>A block that would hit other customers waits for an operator.</summary>
    BlockLimits,

    /// <summary>Mailboxes: their capacity, retention and storage charges, and the protocols that programs read them with.</summary>
    Mailboxes,

    /// <summary>The checks of mail from outside, DNS lists among them.</summary>
    InboundChecks,

    /// <summary>The policy page, rendered from the file that decides.</summary>
    PolicyPage,
}
