namespace Mailreeve.Policy.Accounts;

/// <summary>Who of the provider's people may do what.</summary>
public static class OperatorRules
{
    /// <summary>Whether an operator of this role may do this.</summary>
    /// <remarks>
    /// Only those who handle reports see who reported: billing decides on charges from the case, which does not show it.
    /// </remarks>
    public static bool May(OperatorRole role, DeskAction action) => role switch
    {
        OperatorRole.Admin => true,
        OperatorRole.AbuseDesk => action is DeskAction.SeeCases or DeskAction.SeeReports or DeskAction.SettleReports
            or DeskAction.DecideCases or DeskAction.DecideCharges or DeskAction.PlaceBlocks or DeskAction.LiftBlocks
            or DeskAction.SeeCustomers or DeskAction.SeeCharges or DeskAction.DecideHolds,
        OperatorRole.Postmaster => action is DeskAction.SeeCases or DeskAction.SeeReports or DeskAction.SettleReports
            or DeskAction.PlaceBlocks or DeskAction.LiftBlocks or DeskAction.SeeCustomers or DeskAction.SeeMail or DeskAction.EditMail
            or DeskAction.EditMailboxes or DeskAction.DecideHolds,
        OperatorRole.Billing => action is DeskAction.SeeCases or DeskAction.SeeCustomers or DeskAction.SeeCharges
            or DeskAction.DecideCharges,
        _ => false,
    };
}

/// <summary>What an operator is.</summary>
public enum OperatorRole
{
    /// <summary>Decides cases.</summary>
    AbuseDesk,

    /// <summary>Keeps the mail running.</summary>
    Postmaster,

    /// <summary>Decides charges.</summary>
    Billing,

    /// <summary>May do everything.</summary>
    Admin,
}

/// <summary>What an operator can want to do.</summary>
public enum DeskAction
{
    /// <summary>Read cases, without who reported.</summary>
    SeeCases,

    /// <summary>Read reports as they came, with who reported.</summary>
    SeeReports,

    /// <summary>Deal with reports that the program could not.</summary>
    SettleReports,

    /// <summary>Accept and refuse answers, extend deadlines, take or leave the next step.</summary>
    DecideCases,

    /// <summary>Place a block, and renew one.</summary>
    PlaceBlocks,

    /// <summary>Lift a block.</summary>
    LiftBlocks,

    /// <summary>Change what is never blocked.</summary>
    EditNeverBlock,

    /// <summary>Read charges and their totals.</summary>
    SeeCharges,

    /// <summary>Confirm or void a charge.</summary>
    DecideCharges,

    /// <summary>Read customers, contacts, services, assignments.</summary>
    SeeCustomers,

    /// <summary>Change them, import them, set a customer's password.</summary>
    EditCustomers,

    /// <summary>Make, suspend, open and end mailboxes, set their passwords and storage.</summary>
    EditMailboxes,

    /// <summary>Add, disable and re-enrol operators.</summary>
    EditOperators,

    /// <summary>Look into the queues of outgoing mail.</summary>
    SeeMail,

    /// <summary>Look into mail that is held, and let it go or drop it.</summary>
    DecideHolds,

    /// <summary>Hold, let go, retry and drop outgoing mail.</summary>
    EditMail,

    /// <summary>Put a revision of the policy in force.</summary>
    EditPolicy,
}
