using Microsoft.Extensions.Options;

namespace Iarnet.Store.Registration;

/// <summary>Says what is wrong with a store's options before anything is opened.</summary>
internal sealed class ObjectStoreOptionsValidator : IValidateOptions<ObjectStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, ObjectStoreOptions options)
    {
        try
        {
            options.Validated();
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException error)
        {
            return ValidateOptionsResult.Fail(error.Message);
        }
    }
}
