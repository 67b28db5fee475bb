using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;

namespace Mailreeve.Web.Access;

/// <summary>Asks at each request whether the cookie still tells the truth: one row by its key, against a day of a dismissed operator's access.</summary>
internal static class StillValid
{
    public static async Task CustomerAsync(CookieValidatePrincipalContext cookie)
    {
        var stop = cookie.HttpContext.RequestAborted;
        var database = cookie.HttpContext.RequestServices.GetRequiredService<Database>();
        var id = new CustomerId(SignedIn.IdOf(cookie.Principal!));
        if (await database.ReadAsync(db => new CustomerStore(db).FindAsync(id, stop), stop) is null or { State: CustomerState.Closed })
            await RejectAsync(cookie, Schemes.Customer);
    }

    public static async Task OperatorAsync(CookieValidatePrincipalContext cookie)
    {
        var stop = cookie.HttpContext.RequestAborted;
        var database = cookie.HttpContext.RequestServices.GetRequiredService<Database>();
        var id = SignedIn.IdOf(cookie.Principal!);
        var person = await database.ReadAsync(db => new OperatorStore(db).FindAsync(id, stop), stop);
        if (person is null or { DisabledAt: not null } || person.Role != SignedIn.RoleOf(cookie.Principal!))
            await RejectAsync(cookie, Schemes.Operator);
    }

    private static Task RejectAsync(CookieValidatePrincipalContext cookie, string scheme)
    {
        cookie.RejectPrincipal();
        return cookie.HttpContext.SignOutAsync(scheme);
    }
}
