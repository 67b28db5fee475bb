using Mailreeve.Policy.Accounts;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Mailreeve.Web.Access;

/// <summary>The cookies of customers and operators, and who may open what.</summary>
internal static class SignInSetup
{
    private static readonly TimeSpan CustomerSession = TimeSpan.FromHours(12);
    private static readonly TimeSpan OperatorSession = TimeSpan.FromHours(10);

    public static void AddSignIn(this IServiceCollection services, WebOptions options)
    {
        services.AddAuthentication()
            .AddCookie(Schemes.Customer, c =>
            {
                // Lax, for the link in a notice is followed from a mail program.
                Configure(c, options, "mailreeve-customer", SameSiteMode.Lax, CustomerSession, "/sign-in");
                c.Events.OnValidatePrincipal = StillValid.CustomerAsync;
            })
            .AddCookie(Schemes.Operator, c =>
            {
                Configure(c, options, "mailreeve-desk", SameSiteMode.Strict, OperatorSession, "/desk/sign-in");
                c.Events.OnValidatePrincipal = StillValid.OperatorAsync;
            });

        var policies = services.AddAuthorizationBuilder()
            .AddPolicy(Schemes.Customer, p => p.AddAuthenticationSchemes(Schemes.Customer).RequireAuthenticatedUser())
            .AddPolicy(Schemes.Operator, p => p.AddAuthenticationSchemes(Schemes.Operator).RequireAuthenticatedUser());
        foreach (var action in Enum.GetValues<DeskAction>())
        {
            policies.AddPolicy(
                Schemes.PolicyOf(action),
                p => p.AddAuthenticationSchemes(Schemes.Operator).RequireAuthenticatedUser().RequireAssertion(c => SignedIn.May(c.User, action)));
        }
    }

    private static void Configure(
        CookieAuthenticationOptions cookie, WebOptions options, string name, SameSiteMode sameSite, TimeSpan session, string signIn)
    {
        cookie.Cookie.Name = name;
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = sameSite;
        cookie.Cookie.SecurePolicy = options.IsTls ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = session;
        cookie.SlidingExpiration = true;
        cookie.LoginPath = signIn;
        cookie.ReturnUrlParameter = "next";
        cookie.Events.OnRedirectToAccessDenied = denied =>
        {
            denied.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }
}
