namespace Mailreeve.Web.Access;

/// <summary>Claims in the cookies.</summary>
internal static class Roles
{
    /// <summary>Role of an operator who may change accounts and lift everything.</summary>
    public const string Admin = "admin";
}
