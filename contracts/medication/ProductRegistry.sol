// SPDX-License-Identifier: MIT
pragma solidity 0.8.35;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IAccreditation} from "../accreditation/interfaces/IAccreditation.sol";
import {Availability, IProductRegistry, Product, ProductKind, Supply} from "./interfaces/IProductRegistry.sol";
import {ProductId} from "../types/Batch.sol";
import {Role} from "../types/Role.sol";

/// @title ProductRegistry
/// @notice Which medical products are authorised, to whom, and which are short.
contract ProductRegistry is IProductRegistry, Multicall {
    /* IMMUTABLES */

    /// @notice Who is licensed.
    IAccreditation public immutable ACCREDITATION;

    /* STORAGE */

    mapping(ProductId product => Product) internal _products;

    mapping(ProductId product => Supply) internal _supplies;

    /* CONSTRUCTOR */

    constructor(IAccreditation accreditation) {
        ACCREDITATION = accreditation;
    }

    /* REGULATOR ACTIONS */

    /// @inheritdoc IProductRegistry
    function authorise(ProductId product, Product calldata authorisation, address regulator) external {
        _requireRegulator(product, regulator);
        require(ProductId.unwrap(product) != 0, ProductIdZero());
        require(authorisation.until > block.timestamp, ProductEndPast(authorisation.until));
        address manufacturer = authorisation.manufacturer;
        require(ACCREDITATION.isLive(manufacturer, Role.Manufacturer), ProductManufacturerUnlicensed(manufacturer));
        require(
            authorisation.kind != ProductKind.Investigational || authorisation.prescriptionOnly,
            ProductNeedsPrescription(product)
        );

        _products[product] = authorisation;

        emit ProductAuthorised(product, manufacturer, regulator, authorisation, msg.sender);
    }

    /// @inheritdoc IProductRegistry
    function withdraw(ProductId product, address regulator) external {
        _requireRegulator(product, regulator);
        _requireKnown(product);

        // The rest stays: whether it is prescription-only still matters to packs on the market.
        _products[product].until = uint40(block.timestamp);

        emit ProductWithdrawn(product, regulator, msg.sender);
    }

    /* SUPPLY */

    /// @inheritdoc IProductRegistry
    function setAvailability(ProductId product, Supply calldata supply, address organisation) external {
        _requireKnown(product);
        bool isManufacturer =
            organisation == _products[product].manufacturer && ACCREDITATION.actsFor(msg.sender, organisation);
        if (!isManufacturer) _requireRegulator(product, organisation);
        bool isLimited = supply.availability == Availability.Limited || supply.availability == Availability.Unavailable;
        require(
            supply.expectedEnd == 0 || (isLimited && supply.expectedEnd > block.timestamp),
            AvailabilityEndInvalid(supply.availability, supply.expectedEnd)
        );

        _supplies[product] = supply;

        emit AvailabilitySet(product, organisation, supply.availability, supply.expectedEnd, msg.sender);
    }

    /* VIEWS */

    /// @inheritdoc IProductRegistry
    function productOf(ProductId product) external view returns (Product memory) {
        return _products[product];
    }

    /// @inheritdoc IProductRegistry
    function manufacturerOf(ProductId product) external view returns (address) {
        Product storage authorisation = _products[product];
        return block.timestamp < authorisation.until ? authorisation.manufacturer : address(0);
    }

    /// @inheritdoc IProductRegistry
    function isPrescriptionOnly(ProductId product) external view returns (bool) {
        return _products[product].prescriptionOnly;
    }

    /// @inheritdoc IProductRegistry
    function supplyOf(ProductId product) external view returns (Supply memory) {
        return _supplies[product];
    }

    /* INTERNAL */

    function _requireRegulator(ProductId product, address regulator) internal view {
        require(
            ACCREDITATION.mayAct(msg.sender, regulator, Role.Regulator),
            ProductUnauthorized(product, regulator, msg.sender)
        );
    }

    function _requireKnown(ProductId product) internal view {
        require(_products[product].manufacturer != address(0), ProductUnknown(product));
    }
}
