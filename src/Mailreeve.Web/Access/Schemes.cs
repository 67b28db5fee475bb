namespace Mailreeve.Web.Access;

/// <summary>Names of the two ways to be signed in, and of what each may open. A customer's cookie opens nothing on the desk.</summary>
internal static class Schemes
{
    /// <summary>Cookie of a customer.</summary>
    public const string Customer = "customer";

    /// <summary>Cookie of an operator.</summary>
    public const string Operator = "operator";

    /// <summary>Cookie of someone who gave an operator's password, and has yet to enrol a second factor.</summary>
    public const string Enrolling = "enrolling";

    /// <summary>May open the portal.</summary>
    public const string ForCustomers = "customers";

    /// <summary>May open the desk.</summary>
    public const string ForOperators = "operators";

    /// <summary>May open the administration.</summary>
    public const string ForAdmins = "admins";
}
