// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {ProductId} from "../../types/Batch.sol";

/// @notice What kind of medical product it is. The order is part of the ABI: append only.
enum ProductKind {
    Drug,
    Biologic,
    Device,
    /// For a clinical trial only; always prescription-only.
    Investigational
}

/// @notice A product's marketing authorisation. One storage slot.
struct Product {
    /// Who may commission batches of it.
    address manufacturer;
    /// The first second no batch can be commissioned any more, in Unix seconds.
    uint40 until;
    ProductKind kind;
    /// Whether it is dispensed on prescription only.
    bool prescriptionOnly;
    /// Whether it must be kept cold all the way.
    bool coldChain;
}

/// @notice How well a product can be had. The order is part of the ABI: append only.
enum Availability {
    Available,
    Limited,
    Unavailable,
    Discontinued
}

/// @notice A product's supply, as last announced. One storage slot.
struct Supply {
    Availability availability;
    /// When it is expected to be available again, in Unix seconds; zero when nobody knows.
    uint40 expectedEnd;
}

/// @title IProductRegistry
/// @notice Which medical products are authorised, to whom, and which are short.
/// @dev A regulator authorises, because otherwise anybody could squat a GTIN.
interface IProductRegistry {
    /// @notice A product was authorised, or its authorisation changed.
    /// @param product The product.
    /// @param manufacturer Who may commission batches of it.
    /// @param regulator Who authorised it.
    /// @param authorisation The authorisation.
    /// @param actor Who acted for the regulator.
    event ProductAuthorised(
        ProductId indexed product,
        address indexed manufacturer,
        address indexed regulator,
        Product authorisation,
        address actor
    );

    /// @notice A product's authorisation was withdrawn.
    /// @param product The product.
    /// @param regulator Who withdrew it.
    /// @param actor Who acted for the regulator.
    event ProductWithdrawn(ProductId indexed product, address indexed regulator, address actor);

    /// @notice A shortage began, changed or ended.
    /// @param product The product.
    /// @param organisation Who announced it: the manufacturer or a regulator.
    /// @param availability How well it can be had.
    /// @param expectedEnd When it is expected to be available again, in Unix seconds; zero when nobody knows.
    /// @param actor Who acted for the organisation.
    event AvailabilitySet(
        ProductId indexed product,
        address indexed organisation,
        Availability availability,
        uint40 expectedEnd,
        address actor
    );

    /// @notice The caller does not act for a licensed regulator.
    error ProductUnauthorized(ProductId product, address organisation, address caller);
    /// @notice A product has an id.
    error ProductIdZero();
    /// @notice The product is not authorised: ask the regulator.
    error ProductUnknown(ProductId product);
    /// @notice An authorisation must end in the future.
    error ProductEndPast(uint40 until);
    /// @notice Products are authorised to licensed manufacturers only.
    error ProductManufacturerUnlicensed(address manufacturer);
    /// @notice An investigational product is dispensed on prescription only.
    error ProductNeedsPrescription(ProductId product);
    /// @notice A shortage is expected to end in the future, or nobody knows when (zero); what is available has no end.
    error AvailabilityEndInvalid(Availability availability, uint40 expectedEnd);

    /// @notice Authorises a product, or replaces its authorisation.
    /// @dev Batches already commissioned stay as they are. Errors: `ProductUnauthorized`, `ProductIdZero`,
    /// `ProductEndPast`, `ProductManufacturerUnlicensed`, `ProductNeedsPrescription`.
    /// @param product The product.
    /// @param authorisation To whom, until when, of what kind.
    /// @param regulator The licensed Regulator the caller is, or acts for.
    function authorise(ProductId product, Product calldata authorisation, address regulator) external;

    /// @notice Withdraws a product's authorisation: no further batch is commissioned. Batches on the market are stopped
    /// by a hold or a recall. Errors: `ProductUnauthorized`, `ProductUnknown`.
    /// @param product The product.
    /// @param regulator The licensed Regulator the caller is, or acts for.
    function withdraw(ProductId product, address regulator) external;

    /// @notice Announces a shortage, its expected end, or that it is over.
    /// @dev Errors: `ProductUnauthorized`, `ProductUnknown`, `AvailabilityEndInvalid`.
    /// @param product The product.
    /// @param supply How well it can be had, and when that is expected to end.
    /// @param organisation The product's manufacturer, or a licensed Regulator, that the caller is or acts for.
    function setAvailability(ProductId product, Supply calldata supply, address organisation) external;

    /// @notice A product's authorisation as stored; it may have ended.
    /// @param product The product.
    /// @return The authorisation; all zero when there never was one.
    function productOf(ProductId product) external view returns (Product memory);

    /// @notice Who may commission batches of a product now.
    /// @param product The product.
    /// @return The manufacturer; zero when there is no authorisation, or it has ended.
    function manufacturerOf(ProductId product) external view returns (address);

    /// @notice Whether a product is dispensed on prescription only, also after its authorisation has ended.
    /// @param product The product.
    /// @return Whether it is.
    function isPrescriptionOnly(ProductId product) external view returns (bool);

    /// @notice A product's supply as last announced.
    /// @param product The product.
    /// @return The supply; available when nothing was announced.
    function supplyOf(ProductId product) external view returns (Supply memory);
}
