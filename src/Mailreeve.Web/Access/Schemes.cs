using Mailreeve.Policy.Accounts;
using Microsoft.AspNetCore.Builder;

namespace Mailreeve.Web.Access;

/// <summary>Names of the two ways to be signed in, and of what each may open. A customer's cookie opens nothing on the desk.</summary>
internal static class Schemes
{
    /// <summary>Cookie of a customer; also the policy that admits customers.</summary>
    public const string Customer = "customer";

    /// <summary>Cookie of an operator; also the policy that admits operators whatever their role.</summary>
    public const string Operator = "operator";

    /// <summary>Admits operators whose role may do this, as <see cref="OperatorRules"/> has it.</summary>
    public static TBuilder For<TBuilder>(this TBuilder endpoint, DeskAction action)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(PolicyOf(action));

    /// <summary>Name of the policy for an action.</summary>
    public static string PolicyOf(DeskAction action) => $"may {action}";
}
