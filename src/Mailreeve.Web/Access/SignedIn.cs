using System.Globalization;
using System.Security.Claims;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Microsoft.AspNetCore.Http;

namespace Mailreeve.Web.Access;

/// <summary>Who is at the other end.</summary>
internal static class SignedIn
{
    private const string Id = "id";

    /// <summary>The claims of a customer's cookie.</summary>
    public static ClaimsPrincipal Of(CustomerFact customer) => Principal(Schemes.Customer, customer.Id.Value, customer.Name, null);

    /// <summary>The claims of an operator's cookie.</summary>
    public static ClaimsPrincipal Of(Operator person) => Principal(Schemes.Operator, person.Id, person.Name, person.Role.ToString());

    /// <summary>The customer of this request; only behind <see cref="Schemes.Customer"/>.</summary>
    public static CustomerId CustomerId(this HttpContext http) => new(IdOf(http.User));

    /// <summary>The operator of this request, for histories; only behind <see cref="Schemes.Operator"/>.</summary>
    public static Actor Operator(this HttpContext http) => Actor.Operator(http.User.Identity!.Name!);

    /// <summary>Whether the operator's role allows this.</summary>
    public static bool May(ClaimsPrincipal user, DeskAction action) => RoleOf(user) is { } role && OperatorRules.May(role, action);

    /// <summary>The role in an operator's cookie.</summary>
    public static OperatorRole? RoleOf(ClaimsPrincipal user) =>
        Enum.TryParse<OperatorRole>(user.FindFirstValue(ClaimTypes.Role), out var role) ? role : null;

    /// <summary>The number in the cookie.</summary>
    public static long IdOf(ClaimsPrincipal user) => long.Parse(user.FindFirstValue(Id)!, CultureInfo.InvariantCulture);

    /// <summary>The address of the client; the unspecified one when there is none, which counts as one network.</summary>
    public static Address Client(this HttpContext http) => Address.From(http.Connection.RemoteIpAddress ?? System.Net.IPAddress.Any);

    private static ClaimsPrincipal Principal(string scheme, long id, string name, string? role)
    {
        var claims = new List<Claim> { new(Id, id.ToString(CultureInfo.InvariantCulture)), new(ClaimTypes.Name, name) };
        if (role is not null)
            claims.Add(new Claim(ClaimTypes.Role, role));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }
}
